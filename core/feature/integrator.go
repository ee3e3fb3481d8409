package feature

// maxIntegrators is how many third parties are kept; past it the one goes that did least lately.
const maxIntegrators = 1 << 12

// Integrator is what the keys of one third party did lately.
type Integrator struct {
	name                 string
	notional1h, loss1h   amount
	at                   Second
	keys1h, strangers1h  count
	flagged24h           count
	strangers, flaggings crowd
}

func (x *Integrator) pass(now Second) {
	if now <= x.at {
		return
	}
	if left := hour1.left(x.at, now); left != one {
		x.keys1h.decay(left)
		x.strangers1h.decay(left)
		x.notional1h.decay(left)
		x.loss1h.decay(left)
	}
	x.flagged24h.decay(hours24.left(x.at, now))
	x.at = now
}

// integrators are those that are known of, from place 1 on.
type integrators struct {
	list []Integrator
	of   map[string]uint16
}

func newIntegrators() integrators {
	return integrators{list: make([]Integrator, 1), of: map[string]uint16{}}
}

// at is an integrator, or nil. hint is where it may stand; 0 for not known.
func (t *integrators) at(name string, hint uint16) *Integrator {
	if hint != 0 && int(hint) < len(t.list) && t.list[hint].name == name {
		return &t.list[hint]
	}
	if at, ok := t.of[name]; ok {
		return &t.list[at]
	}
	return nil
}

// need is an integrator as of now, and where it stands.
func (t *integrators) need(name string, hint uint16, now Second) (*Integrator, uint16) {
	if hint == 0 || int(hint) >= len(t.list) || t.list[hint].name != name {
		hint = t.place(name, now)
	}
	x := &t.list[hint]
	x.pass(now)
	return x, hint
}

func (t *integrators) place(name string, now Second) uint16 {
	if at, ok := t.of[name]; ok {
		return at
	}
	at := uint16(len(t.list)) // #nosec G115 -- maxIntegrators bounds it
	if at <= maxIntegrators {
		t.list = append(t.list, Integrator{})
	} else {
		at = 1
		for i := range t.list[1:] {
			if t.list[i+1].at < t.list[at].at {
				at = uint16(i + 1) // #nosec G115 -- maxIntegrators bounds it
			}
		}
		delete(t.of, t.list[at].name)
	}
	t.list[at] = Integrator{name: name, at: now}
	t.of[name] = at
	return at
}
