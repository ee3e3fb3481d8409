package operator

import (
	"errors"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

// over changes a mandate by what is said of it; what is not said stays.
func (s *Server) over(m *instruction.Mandate, said *mandate.Mandate) *problem {
	var err error
	now := s.cfg.Engine.Now()
	if bad := s.read(func(st *core.State) { err = said.Over(st, now, m) }); bad != nil {
		return bad
	}
	if no := (*mandate.Mistake)(nil); errors.As(err, &no) {
		return wrong(no.Code, "%s", sentence(no))
	}
	if said.Expires != nil && m.Expires != 0 && m.Expires <= now {
		return wrong("malformed-expiry", "The key would have ended at %s, and now it is %s.", text(m.Expires), text(now))
	}
	return nil
}

// mandate reads what a new key may do.
func (s *Server) mandate(in *CreateKey) (instruction.Mandate, *problem) {
	m := instruction.Mandate{Rights: instruction.MayRead}
	asked := mandate.Mandate{Symbols: &in.Symbols, Networks: &in.Networks, Expires: &in.Expires, Trades: &in.Trades, Withdrawals: &in.Withdrawals, Codes: &in.Codes}
	if len(in.Rights) > 0 {
		asked.Rights = &in.Rights
	}
	return m, s.over(&m, &asked)
}
