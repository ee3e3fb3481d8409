package owner

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
)

// do gives an instruction, and reads the answer off its durable record.
func (s *Server) do(c *call, in instruction.Instruction) (any, *refusal) {
	r, no := s.instruct(c, in)
	if no != nil {
		return nil, no
	}
	var events instruction.Events
	done := Done{Seq: r.Seq, Time: text(r.Time), Done: []string{}, Waiting: []Matter{}}
	no = s.read(func(st *core.State) {
		r.Events(&events)
		for e := events.Next(); e != nil; e = events.Next() {
			if e, ok := e.(*instruction.MatterOpened); ok {
				done.Waiting = append(done.Waiting, matter(st, e.ID, &e.Matter))
				continue
			}
			if words := happened(st, e); words != "" {
				done.Done = append(done.Done, words)
			}
		}
	})
	if no != nil { // it is done all the same, and the answer can only say so
		done.Done = append(done.Done, "Done; what exactly can be read once the venue shows its state again.")
	}
	return done, nil
}

// instruct gives an instruction in its turn, and is the record of what was done.
func (s *Server) instruct(c *call, in instruction.Instruction) (r instruction.Record, no *refusal) {
	leave, err := s.cfg.Turn(c.ctx, c.customer)
	if err != nil {
		return r, s.silent(err)
	}
	r, err = s.cfg.Engine.Do(&c.principal, in)
	leave()
	if err != nil {
		return r, s.silent(err)
	}
	if r.Verdict.Decision != instruction.Allow {
		return r, because(r.Verdict.Reason())
	}
	var events instruction.Events
	if why := r.Refused(&events); why != 0 {
		return r, nothing(why)
	}
	return r, nil
}

// numbered wants the number of something to be there.
func numbered(what string, n uint64) *refusal {
	if n == 0 {
		return malformed(fmt.Sprintf("Name the %s by its number, which is above 0.", what))
	}
	return nil
}

// account is the account that is meant, where none is named the master account.
func (c *call) account(n uint32) instruction.Account {
	if n == 0 {
		return c.customer
	}
	return instruction.Account(n)
}

func (s *Server) answerMatter(_ *call, in *Answer) (instruction.Instruction, *refusal) {
	return &instruction.Answer{Matter: instruction.MatterID(in.Matter), Yes: in.Yes}, numbered("matter", in.Matter)
}

func (s *Server) changeKey(_ *call, in *ChangeKey) (instruction.Instruction, *refusal) {
	if no := numbered("key", uint64(in.Key)); no != nil {
		return nil, no
	}
	i := &instruction.ChangeMandate{Credential: instruction.Credential(in.Key)}
	var bad *refusal
	if no := s.read(func(st *core.State) {
		if k := st.Key(i.Credential); k != nil {
			i.Mandate = k.Mandate() // whose key it is the gate looks at
		}
		if err := in.Mandate.Over(st, s.cfg.Engine.Now(), &i.Mandate); err != nil {
			bad = malformed(sentence(err))
		}
	}); no != nil {
		return nil, no
	}
	return i, bad
}

func (s *Server) renewKey(_ *call, in *NameKey) (instruction.Instruction, *refusal) {
	return &instruction.RenewKey{Credential: instruction.Credential(in.Key)}, numbered("key", uint64(in.Key))
}

func (s *Server) quarantineKey(_ *call, in *NameKey) (instruction.Instruction, *refusal) {
	return &instruction.QuarantineKey{Credential: instruction.Credential(in.Key)}, numbered("key", uint64(in.Key))
}

func (s *Server) restoreKey(_ *call, in *NameKey) (instruction.Instruction, *refusal) {
	return &instruction.RestoreKey{Credential: instruction.Credential(in.Key)}, numbered("key", uint64(in.Key))
}

func (s *Server) revokeKey(_ *call, in *NameKey) (instruction.Instruction, *refusal) {
	return &instruction.RevokeKey{Credential: instruction.Credential(in.Key)}, numbered("key", uint64(in.Key))
}

func (s *Server) lock(c *call, in *LockAccount) (instruction.Instruction, *refusal) {
	return &instruction.LockAccount{Account: c.account(in.Account), Reason: in.Reason}, nil
}

func (s *Server) unlock(c *call, in *NameAccount) (instruction.Instruction, *refusal) {
	return &instruction.UnlockAccount{Account: c.account(in.Account)}, nil
}

func (s *Server) setWait(c *call, in *SetWait) (instruction.Instruction, *refusal) {
	wait, ok := span(in.Wait)
	if !ok {
		return nil, malformed("A wait is written as 48h or 7d, from 24h to 90d.")
	}
	return &instruction.SetWait{Account: c.customer, Wait: wait}, nil
}

func (s *Server) addAddress(c *call, in *NewAddress) (instruction.Instruction, *refusal) {
	asset, to, no := s.destination(&in.Address)
	if no == nil {
		no = s.reaches(asset, &to)
	}
	return &instruction.AddAddress{Account: c.account(in.Account), Asset: asset, To: to, Label: in.Label}, no
}

// reaches says why nothing could ever be sent to an address. Whether it is one of the venue's own, the core says.
func (s *Server) reaches(x instruction.Asset, to *instruction.Destination) *refusal {
	symbol, chained := "", false
	if no := s.read(func(st *core.State) { symbol, chained = st.Asset(x).Symbol, st.Chain(x) != nil }); no != nil || !chained {
		return no
	}
	if to.Chain != symbol {
		return malformed(fmt.Sprintf("%s moves on the chain %s here, and on no other.", symbol, symbol))
	}
	if s.cfg.Address == nil || !to.Sound() {
		return nil
	}
	if err := s.cfg.Address(x, to.Address); err != nil {
		no := nothing(instruction.MalformedAddress)
		no.Message = "Nothing can be sent there: " + err.Error() + "."
		return no
	}
	return nil
}

func (s *Server) removeAddress(c *call, in *Address) (instruction.Instruction, *refusal) {
	asset, to, no := s.destination(in)
	return &instruction.RemoveAddress{Account: c.account(in.Account), Asset: asset, To: to}, no
}

// destination is where an address is.
func (s *Server) destination(in *Address) (asset instruction.Asset, to instruction.Destination, no *refusal) {
	to = instruction.Destination{Chain: in.Chain, Address: in.Address, Tag: in.Tag}
	if no = s.read(func(st *core.State) { asset = st.AssetNamed(in.Asset) }); no == nil && asset == 0 {
		no = malformed(fmt.Sprintf("There is no asset %q. Symbols are written in capitals.", cut(in.Asset)))
	}
	return asset, to, no
}

// span reads a length of time in days or hours, minutes and seconds.
func span(text string) (instruction.Time, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return instruction.Time(n) * instruction.Day, err == nil
	}
	d, err := time.ParseDuration(text)
	return instruction.Time(d.Microseconds()), err == nil && d >= 0
}

// sentence makes a sentence of an error's text.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// cut shortens what a stranger sent, for a sentence.
func cut(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}
