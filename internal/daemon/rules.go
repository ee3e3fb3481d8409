package daemon

import (
	"context"
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/rules"
)

// setUpRules puts the pack that the program brings in force where a venue never had any rules, be it new or of a time before rules.
// After that they are its operators' to change: whoever wants none says so, and a newer program brings no others.
func (d *Daemon) setUpRules(context.Context) error {
	if d.cfg.bare {
		return nil
	}
	var packs uint32
	if err := d.engine.Read(func(s *core.State) { packs = s.Rules().Pack() }); err != nil || packs != 0 {
		return err
	}
	list, err := rules.Default()
	if err != nil {
		return err
	}
	r, err := d.engine.Do(&instruction.Principal{Giver: instruction.ByVenue}, &instruction.SetRules{
		Reason: "the rules that a venue begins with", Rules: rules.Plain(list),
	})
	if err != nil {
		return err
	}
	if why := r.Refused(new(instruction.Events)); why != 0 {
		return fmt.Errorf("the rules that a venue begins with: %s", why.Sentence())
	}
	d.log.Info("detection rules are in force", "rules", len(list))
	return nil
}
