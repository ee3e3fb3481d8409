package daemon

import (
	"context"
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/seal"
)

// openKeys finds the master keys, and tries each that is needed on a sealed secret.
func (d *Daemon) openKeys(context.Context) error {
	type sample struct {
		name   instruction.KeyID
		sealed []byte
	}
	samples, counts := make(map[seal.ID]sample), make(map[seal.ID]int)
	if err := d.engine.Read(func(s *core.State) {
		for c := instruction.Credential(1); c <= s.Keys(); c++ {
			k := s.Key(c)
			sealed := k.Material()
			if k.Scheme != instruction.HMAC || len(sealed) == 0 {
				continue
			}
			id, _ := seal.Under(sealed) // what is no sealed secret does not open below
			if counts[id]++; counts[id] == 1 {
				samples[id] = sample{k.ID, sealed}
			}
		}
	}); err != nil {
		return err
	}
	keys, err := d.cfg.masterKey(len(samples) > 0)
	if err != nil {
		return err
	}
	older := 0
	for id, s := range samples {
		if _, err := keys.Open(s.sealed, s.name[:]); err != nil {
			return fmt.Errorf("the master key does not open %d secrets of this data directory, which are sealed under the key %s: %w", counts[id], id, err)
		}
		if id != keys.IDs()[0] {
			older += counts[id]
		}
	}
	if older > 0 {
		d.log.Warn("secrets are still sealed under an older master key, as after a rotation that did not come to its end; to go on with it, run: portcullis master reseal --data "+d.cfg.Dir, "secrets", older)
	}
	d.kek = keys
	return nil
}
