package operator

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (s *Server) addAsset(c *caller, in *AddAsset) (AssetAdded, *problem) {
	var r AssetAdded
	var bad *problem
	r.Outcome, bad = s.do(c, &instruction.AddAsset{Symbol: in.Symbol, Scale: money.Scale(in.Scale)}, func(e instruction.Event) {
		if e, ok := e.(*instruction.AssetAdded); ok {
			r.Asset = uint16(e.ID)
		}
	})
	if bad != nil && bad.outcome.Refusal.Code == instruction.MalformedDefinition.String() {
		bad.outcome.Refusal.Sentence += " A symbol is 1 to 12 of A-Z and 0-9; the scale is 0 to 12 decimals."
	}
	return r, bad
}

func (s *Server) listAssets(*caller, *Nothing) (Assets, *problem) {
	r := Assets{Assets: []Asset{}}
	bad := s.read(func(st *core.State) {
		for id, a := range st.Assets() {
			in, out := st.Came(id)
			r.Assets = append(r.Assets, Asset{
				Asset: uint16(id), Symbol: a.Symbol, Scale: uint8(a.Scale), CameIn: in.Text(a.Scale), WentOut: out.Text(a.Scale),
			})
		}
	})
	return r, bad
}
