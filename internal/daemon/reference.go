package daemon

import (
	"context"
	"errors"

	"portcullis/core"
	"portcullis/operator"
	"portcullis/reference"
)

// references are the sources of outside references.
func (c *Config) references() (list []reference.Source, err error) {
	for _, text := range c.Reference {
		s, why := reference.NewSource(text)
		list, err = append(list, s), errors.Join(err, why)
	}
	return list, err
}

// openReference reads outside references until the venue ends, where any is named.
func (d *Daemon) openReference(context.Context) error {
	list, err := d.cfg.references()
	if err != nil || len(list) == 0 {
		return err
	}
	f, err := reference.New(d.engine, list, d.log, d.metrics)
	if err != nil {
		return err
	}
	d.reference = f
	reading, stop := context.WithCancel(context.Background())
	d.running.Go(func() { f.Run(reading) })
	d.running.Go(func() {
		<-d.closed
		stop()
	})
	return nil
}

// stale is how many markets expect an outside reference and have none that is fresh; -1 where the state cannot be read.
func (d *Daemon) stale() float64 {
	n := 0
	if err := d.engine.Glance(func(s *core.State) {
		now := s.Clock().Now
		for _, m := range s.Markets() {
			if _, fresh := m.Prices().Liquid(now); m.Marks.Reference && !fresh {
				n++
			}
		}
	}); err != nil {
		return -1
	}
	return float64(n)
}

// told is how outside references are, for the operator.
func (d *Daemon) told() (list []operator.Reference) {
	if d.reference == nil {
		return nil
	}
	for _, s := range d.reference.Status() {
		dated, _ := s.Dated.MarshalText()
		list = append(list, operator.Reference{Source: s.Source, Problem: s.Problem, Dated: string(dated), Taken: s.Taken})
	}
	return list
}
