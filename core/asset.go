package core

import (
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// maxAssets is how many assets one venue defines.
const maxAssets = 10_000

// Asset is one currency or coin.
type Asset struct {
	Symbol string
	Scale  money.Scale
	Route  []instruction.Market // to the valuation asset; none: it counts for nothing
}

func (s *State) addAsset(i *instruction.AddAsset) {
	bad := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }
	switch {
	case i.Symbol == "", len(i.Symbol) > 12, strings.ContainsFunc(i.Symbol, bad), i.Scale > money.MaxScale:
		s.refuseWhole(instruction.MalformedDefinition)
	case s.names[i.Symbol] != 0:
		s.refuseWhole(instruction.SymbolTaken)
	case len(s.assets) > maxAssets:
		s.refuseWhole(instruction.TooMany)
	default:
		// #nosec G115 -- maxAssets bounds it
		s.emit(&instruction.AssetAdded{ID: instruction.Asset(len(s.assets)), Symbol: i.Symbol, Scale: i.Scale})
	}
}

func (s *State) foldAsset(e *instruction.AssetAdded) error {
	if int(e.ID) != len(s.assets) || e.Scale > money.MaxScale {
		return errUnknown
	}
	s.assets = append(s.assets, Asset{Symbol: e.Symbol, Scale: e.Scale})
	s.names[e.Symbol] = e.ID
	return nil
}
