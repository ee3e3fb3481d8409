package operator

import (
	"portcullis/core"
	"portcullis/core/instruction"
)

// changeKey gives a key another mandate: the one that it has, with what is said changed.
func (s *Server) changeKey(c *caller, in *ChangeKey) (KeyChanged, *problem) {
	var r KeyChanged
	found, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return r, bad
	}
	i := &instruction.ChangeMandate{Credential: found}
	if bad = s.read(func(st *core.State) {
		if k := st.Key(found); k != nil {
			i.Mandate = k.Mandate()
		}
	}); bad == nil {
		bad = s.over(&i.Mandate, &in.Mandate)
	}
	if bad != nil {
		return r, bad
	}
	r.Outcome, bad = s.do(c, i, func(e instruction.Event) {
		switch e := e.(type) {
		case *instruction.MandateSet:
			r.Now = true
		case *instruction.MatterOpened:
			r.Matter, r.Due = uint64(e.ID), s.wall(e.Matter.Due)
		}
	})
	return r, bad
}

// wall is when a wait is over by the calendar, if nothing stands still until then; empty where nobody can say.
func (s *Server) wall(waits instruction.Time) (at string) {
	if s.read(func(st *core.State) { at = text(st.Clock().Wall(waits)) }) != nil {
		return ""
	}
	return at
}

func (s *Server) renewKey(c *caller, in *RenewKey) (KeyRenewed, *problem) {
	var r KeyRenewed
	found, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return r, bad
	}
	if r.Outcome, bad = s.do(c, &instruction.RenewKey{Credential: found}, nil); bad != nil {
		return r, bad
	}
	return r, s.read(func(st *core.State) { r.Ages = text(st.Clock().Wall(st.Key(found).Renewed + instruction.Year)) })
}
