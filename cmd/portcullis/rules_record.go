package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/rule"
	"portcullis/rules"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// explainRecord explains what fired in a record of a journal: the rules are those that the journal says were in force, and the values
// those that the record has.
func explainRecord(ctx context.Context, f directoryFlags, seq uint64) ([]explained, error) {
	log, err := f.open()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	reader, err := log.Reader(log.First())
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	var packs packs
	for ctx.Err() == nil {
		at, b, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the journal in %s has no record %d", f.Data, seq)
		}
		var rec instruction.Record
		if err == nil {
			err = rec.Decode(at, b)
		}
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", at, err)
		}
		if at > seq {
			return nil, fmt.Errorf("the journal in %s begins behind record %d", f.Data, seq)
		}
		if at == seq {
			return packs.explain(&rec)
		}
		if err := packs.follow(&rec); err != nil {
			return nil, fmt.Errorf("record %d: %w", at, err)
		}
	}
	return nil, ctx.Err()
}

// packs follows which rules are in force.
type packs struct{ now rule.Rules }

func (p *packs) follow(rec *instruction.Record) error {
	if k := rec.Kind(); k != instruction.KindSetRules && k != instruction.KindAnswerRules {
		return nil
	}
	var ev instruction.Events
	rec.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if set, ok := e.(*instruction.RulesSet); ok {
			if err := p.now.Set(set); err != nil {
				return errors.New("the rules of the time cannot be told: the journal's start, which has the packs before, is gone")
			}
		}
	}
	return ev.Err()
}

// explain says why rules fired in the record.
func (p *packs) explain(rec *instruction.Record) (all []explained, err error) {
	var ev instruction.Events
	rec.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		fired, ok := e.(*instruction.RuleFired)
		if !ok {
			continue
		}
		r := p.now.Rule(fired.Rule)
		if r == nil || p.now.Pack() != fired.Pack {
			return nil, fmt.Errorf("rule %d of pack %d is not in what is left of the journal", fired.Rule, fired.Pack)
		}
		c, fault := rules.Compile(r.Condition)
		if fault != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Name, fault)
		}
		values := rules.Given{}
		for _, v := range fired.Values {
			values[v.Feature] = v.Value
		}
		x := explained{Rule: r.Name, Pack: fired.Pack, Mode: fired.Mode, Fires: r.Holds(values), Clause: c.Explain(values)}
		if !x.Fires || !x.Clause.Holds {
			return nil, fmt.Errorf("rule %s does not hold on the values that the record has for it: the record, or this program, is wrong", r.Name)
		}
		all = append(all, x)
	}
	if len(all) == 0 && ev.Err() == nil {
		return nil, fmt.Errorf("no rule fired in record %d: its verdict was %v (%v)", rec.Seq, rec.Verdict.Decision, rec.Verdict.Reason())
	}
	return all, ev.Err()
}
