package incident

import (
	"slices"

	"portcullis/core/instruction"
)

// most is the limit of a list whose own bound is kept elsewhere.
const most = 1<<31 - 1

// Fields is the persisted form.
func (w *Watch) Fields(c *instruction.Codec) {
	if c.Reading() {
		*w = *New()
	}
	w.homeFields(c)
	w.visits.fields(c)
	w.placeFields(c)
	w.incidentFields(c)
}

// homeFields is the persisted form of the homes, by ascending customer.
func (w *Watch) homeFields(c *instruction.Codec) {
	size := c.Count(int(w.homes.end()), most)
	for a := range instruction.Account(size) { // #nosec G115 -- at most
		c.Pause()
		list := w.homes.of(a)
		n := uint8(len(list)) // #nosec G115 -- at most MaxHomes and one
		instruction.Num8(c, &n)
		if n > MaxHomes+1 {
			c.Fail("customer %d has %d homes", a, n)
		}
		if c.Err() != nil {
			return
		}
		if c.Reading() && n > 0 {
			list = make([]Home, n)
		}
		for i := range list {
			h := &list[i]
			instruction.Num64(c, &h.Network)
			instruction.Num32(c, &h.First)
			instruction.Num32(c, &h.Last)
			if c.Reading() && c.Err() == nil && h.Network == 0 {
				c.Fail("customer %d is at home nowhere", a)
			}
		}
		if c.Reading() && n > 0 {
			w.homes.keep(a, list)
		}
	}
}

// fields is the persisted form of the visits, from the oldest that is not forgotten.
func (v *visits) fields(c *instruction.Codec) {
	next := v.next
	instruction.Num64(c, &next)
	if next == 0 {
		c.Fail("no visit has the number 0")
		return
	}
	n := next - min(next-1, maxVisits)
	if c.Reading() {
		v.next = n
		if n > 1 { // the ring is full: it wraps at once
			v.ring = make([]visit, maxVisits)
		}
	}
	for ; n < next && c.Err() == nil; n++ {
		c.Pause()
		var x visit
		if !c.Reading() {
			x = *v.get(n)
		}
		instruction.Num64(c, &x.Network)
		instruction.Num32(c, &x.Credential)
		instruction.Num32(c, &x.At)
		if c.Reading() && c.Err() == nil {
			v.add(x)
		}
	}
}

// placeFields is the persisted form of the networks with alarms, by ascending network.
func (w *Watch) placeFields(c *instruction.Codec) {
	n := c.Count(len(w.places), most)
	sorted := slices.Clone(w.places)
	slices.SortFunc(sorted, func(a, b place) int {
		if a.Network < b.Network {
			return -1
		}
		return 1
	})
	before := instruction.Network(0)
	for i := range n {
		c.Pause()
		var p place
		if !c.Reading() {
			p = sorted[i]
		}
		p.fields(c)
		if !c.Reading() {
			continue
		}
		if c.Err() == nil && (p.Network <= before || len(p.Keys) == 0) {
			c.Fail("alarms at %v", p.Network)
		}
		if c.Err() != nil {
			return
		}
		before = p.Network
		w.put(p)
	}
}

func (p *place) fields(c *instruction.Codec) {
	instruction.Num64(c, &p.Network)
	instruction.Num32(c, &p.First)
	instruction.Num32(c, &p.Last)
	instruction.Num32(c, &p.Customer)
	n := c.Count(len(p.Keys), maxHere)
	if c.Reading() && n > 0 {
		p.Keys = make([]instruction.Credential, n)
	}
	for i := range p.Keys {
		instruction.Num32(c, &p.Keys[i])
	}
}

func (w *Watch) incidentFields(c *instruction.Codec) {
	instruction.Num32(c, &w.last)
	n := c.Count(len(w.incidents), MaxOpen+MaxClosed)
	for i := range n {
		c.Pause()
		if c.Reading() {
			w.incidents = append(w.incidents, Incident{})
		}
		x := &w.incidents[i]
		x.fields(c)
		if c.Reading() && c.Err() == nil && (x.ID == 0 || x.ID > w.last || i > 0 && x.ID <= w.incidents[i-1].ID || !w.list(x)) {
			c.Fail("incident %d", x.ID)
		}
		if c.Err() != nil {
			return
		}
	}
}

func (x *Incident) fields(c *instruction.Codec) {
	instruction.Num32(c, &x.ID)
	instruction.Num8(c, &x.Cause)
	instruction.Num64(c, &x.Network)
	instruction.Num64(c, &x.Opened)
	instruction.Num64(c, &x.Closed)
	c.Text(&x.Reason)
	instruction.Num32(c, &x.Notes)
	n := c.Count(len(x.Networks), MaxNetworks)
	for i := range n {
		if c.Reading() {
			x.Networks = append(x.Networks, 0)
		}
		instruction.Num64(c, &x.Networks[i])
	}
	n = c.Count(len(x.Credentials), MaxCredentials)
	for i := range n {
		if c.Reading() {
			x.Credentials = append(x.Credentials, Concerned{})
		}
		instruction.Num32(c, &x.Credentials[i].Credential)
		instruction.Num16(c, &x.Credentials[i].Notes)
	}
}

// list adds an incident that was read to what incidents are found by, and says whether it fits.
func (w *Watch) list(x *Incident) bool {
	for _, n := range x.Networks {
		p := w.place(n)
		switch {
		case x.Closed != 0:
			w.settled[n] = x.ID
		case p == nil || p.incident != 0:
			return false
		default:
			p.incident = x.ID
			w.joined++
		}
	}
	if x.Closed != 0 {
		return true
	}
	w.open++
	for _, y := range x.Credentials {
		if w.of[y.Credential] != 0 {
			return false
		}
		w.of[y.Credential] = x.ID
	}
	return true
}
