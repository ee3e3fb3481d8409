package feature

import "portcullis/core/instruction"

// ringSize is how many networks are kept of each kind: those that keys of one customer alone were used from, and those of
// several. A new one comes among the former, and takes the place of the oldest there; the key of a second customer brings it
// among the latter. So who sends from ever new networks with keys of his own pushes out networks of which nothing is known but
// one customer; and gains nothing, since whoever has that many networks needs none twice. Among the latter the oldest goes too,
// but one of the last day only if all of eight are.
const ringSize = 1 << 13

// Network is what one network saw lately.
type Network struct {
	id           instruction.Network // 0 for an empty place
	at           Second
	keys1h       count
	strangers1h  count
	strangers24h count
	denied1h     count
	owner        instruction.Account // the first customer
	crowd        crowd               // of strangers
}

func (n *Network) pass(now Second) {
	if now <= n.at {
		return
	}
	if left := hour1.left(n.at, now); left != one {
		n.keys1h.decay(left)
		n.strangers1h.decay(left)
		n.denied1h.decay(left)
	}
	n.strangers24h.decay(hours24.left(n.at, now))
	n.at = now
}

// ring is networks in places that are given out one after the other.
type ring struct {
	list []Network
	next uint32 // the place that is given out next
}

// networks are those that are known of.
type networks struct {
	rings [2]ring // of one customer; of several
	where map[instruction.Network]uint32
}

func newNetworks() networks { return networks{where: map[instruction.Network]uint32{}} }

// at is a network, or nil.
func (n *networks) at(id instruction.Network) *Network {
	if w, ok := n.where[id]; ok {
		return &n.rings[w/ringSize].list[w%ringSize]
	}
	return nil
}

// need is a network as of now, where a key of the customer is used.
func (n *networks) need(id instruction.Network, customer instruction.Account, now Second) *Network {
	w, ok := n.where[id]
	switch {
	case !ok:
		return n.put(0, Network{id: id, at: now, owner: customer})
	case w < ringSize && n.rings[0].list[w].owner != customer:
		x := n.rings[0].list[w]
		n.rings[0].list[w] = Network{}
		x.pass(now)
		return n.put(1, x)
	}
	x := &n.rings[w/ringSize].list[w%ringSize]
	x.pass(now)
	return x
}

// put gives a network a place in a ring.
func (n *networks) put(which uint32, x Network) *Network {
	r := &n.rings[which]
	if len(r.list) < ringSize {
		r.next = uint32(len(r.list)) // #nosec G115 -- bounded
		r.list = append(r.list, Network{})
	} else if which == 1 {
		for range 8 {
			if old := &r.list[r.next]; old.id == 0 || old.at+day*3600 < x.at {
				break
			}
			r.next = (r.next + 1) % ringSize
		}
	}
	at := &r.list[r.next]
	if at.id != 0 {
		delete(n.where, at.id)
	}
	*at = x
	n.where[x.id] = which*ringSize + r.next
	r.next = (r.next + 1) % ringSize
	return at
}
