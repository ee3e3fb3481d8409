package daemon

import (
	"context"

	"portcullis/core"
)

// Valuation is the symbol of the asset in which worth is counted; empty while nobody said, and loss budgets are not in force.
func (d *Daemon) Valuation() (symbol string) {
	_ = d.engine.Read(func(s *core.State) {
		if a := s.Asset(s.Valuation()); a != nil {
			symbol = a.Symbol
		}
	})
	return symbol
}

// tellWorth says at the start whether loss budgets are in force.
func (d *Daemon) tellWorth(context.Context) error {
	if v := d.Valuation(); v != "" {
		d.log.Info("loss budgets are in force", "worth is counted in", v)
		return nil
	}
	d.log.Warn("LOSS BUDGETS ARE NOT IN FORCE: whoever has a key that trades can lose all that its account has. Say in which asset worth is counted: portcullis market valuation ASSET --data " + d.cfg.Dir)
	return nil
}
