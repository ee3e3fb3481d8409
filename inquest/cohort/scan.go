package cohort

import (
	"cmp"
	"math"
	"slices"

	"portcullis/core/instruction"
)

// mark is a victim as a scan over time sees it.
type mark struct {
	at     instruction.Time
	weight float64
}

// maxEdges is how many times of victims a window may begin or end at. Of more, every so many are taken.
const maxEdges = 400

// scan looks at all hypotheses for one list of victims.
type scan struct {
	keys    *Keys
	victims []weighed
	n       float64 // customers among them
	found   []Candidate
	looked  int
}

// weighed is a victim with its part of its customer.
type weighed struct {
	Victim
	weight float64
}

// weigh gives each victim its part: a customer counts once. A key that is named twice counts as it was first seen, by the
// strongest of what is known of it.
func (k *Keys) weigh(list []Victim) (out []weighed, customers float64) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Victim) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.At, b.At))
	})
	of := map[uint64]int{}
	for _, v := range list {
		if len(out) > 0 && out[len(out)-1].Key == v.Key {
			if at := &out[len(out)-1].At; v.At != 0 && (*at == 0 || v.At < *at) {
				*at = v.At
			}
			continue
		}
		out = append(out, weighed{Victim: v, weight: 1})
		if c := k.list[v.Key].Customer; c != 0 {
			of[c]++
		}
	}
	for i := range out {
		if c := k.list[out[i].Key].Customer; c != 0 {
			out[i].weight = 1 / float64(of[c])
		}
		customers += out[i].weight
	}
	return out, customers
}

// add takes a hypothesis whose set has m keys and k victims.
func (s *scan) add(h Hypothesis, m int, k, penalty float64) {
	s.looked++
	c := Candidate{Hypothesis: h, Keys: m, Victims: k, Ratio: ratio(k, s.n, m, len(s.keys.list)), Penalty: penalty + math.Log(families)}
	c.Score = c.Ratio - c.Penalty
	if c.Ratio <= 0 {
		return
	}
	for i := range s.found { // of one source the best is kept
		if s.found[i].Source(&h) {
			if better(&c, &s.found[i]) < 0 {
				s.found[i] = c
			}
			return
		}
	}
	s.found = append(s.found, c)
}

// better orders candidates: by score, then the smaller set, then by name, so that the order is always the same.
func better(a, b *Candidate) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Keys, b.Keys), cmp.Compare(a.Family, b.Family),
		cmp.Compare(a.Integrator, b.Integrator), cmp.Compare(a.Network, b.Network), cmp.Compare(a.Client, b.Client),
		cmp.Compare(a.After, b.After), cmp.Compare(a.AliveAt, b.AliveAt))
}

// integrators looks at every third party that was given a victim's key: at all its keys, and at every window of time.
func (s *scan) integrators() {
	penalty := math.Log(float64(len(s.keys.makers)))
	for i := range s.keys.makers {
		m := &s.keys.makers[i]
		var marks []mark
		all := 0.0
		for _, v := range s.victims {
			k := &s.keys.list[v.Key]
			if j := k.linked(m.name); j >= 0 {
				all += v.weight
				if t := k.Links[j].At; t != 0 {
					marks = append(marks, mark{t, v.weight})
				}
			}
		}
		if all > 0 {
			h := Hypothesis{Family: Integrator, Integrator: m.name}
			s.add(h, m.count, all, penalty)
			s.windows(h, m.at, marks, penalty)
		}
	}
}

// created looks at every window of creation.
func (s *scan) created() {
	var marks []mark
	for _, v := range s.victims {
		if t := s.keys.list[v.Key].Created; t != 0 {
			marks = append(marks, mark{t, v.weight})
		}
	}
	s.windows(Hypothesis{Family: Created}, s.keys.created, marks, 0)
}

// windows looks at every window that begins and ends with a victim, and at those that are open on one side. Since the time
// at which a leak began or ended lies a little beyond the outermost victim, by about one gap between victims, the window
// does too; without that it would fit its victims too well, and shut too little.
//
// A window of m of M keys could have lain at M/m places, in as many sizes as there are powers of two, which is paid for.
func (s *scan) windows(h Hypothesis, times []instruction.Time, marks []mark, penalty float64) {
	if len(times) == 0 || len(marks) < 2 {
		return
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	sums := make([]float64, len(marks)+1)
	for i, m := range marks {
		sums[i+1] = sums[i] + m.weight
	}
	begin, end := times[0], times[len(times)-1]
	all, sizes := float64(len(times)), math.Log(1+math.Log2(float64(len(times))))
	step := (len(marks) + maxEdges - 1) / maxEdges
	for b := len(marks) - 1; b >= 1; b -= step {
		last := marks[b].at
		before := last + gap(last-begin, sums[b+1]) + 1
		s.window(h, times, 0, before, sums[b+1], penalty+sizes+math.Log(2))
		for a := 0; a < b; a += step {
			k := sums[b+1] - sums[a]
			if k < 2 {
				continue
			}
			first := marks[a].at
			g := gap(last-first, k-1)
			from, to := first-g, last+g+1
			places := math.Log(4 * all / float64(max(within(times, from, to), 1)))
			s.window(h, times, from, to, k, penalty+sizes+places)
		}
	}
	for a := 0; a+1 < len(marks); a += step {
		first := marks[a].at
		k := sums[len(marks)] - sums[a]
		s.window(h, times, first-gap(end-first, k), 0, k, penalty+sizes+math.Log(2))
	}
}

// gap is the mean distance of k victims over a span.
func gap(span instruction.Time, k float64) instruction.Time {
	return instruction.Time(float64(max(span, 0)) / max(k, 1))
}

func (s *scan) window(h Hypothesis, times []instruction.Time, after, before instruction.Time, k, penalty float64) {
	to := before
	if before == 0 {
		to = forever
	}
	m := within(times, after, to)
	if k < 2 || m == len(times) && h.Family == Integrator { // the whole is looked at besides
		return
	}
	h.After, h.Before = max(after, 0), before
	s.add(h, m, k, penalty)
}

// copies looks at every time at which a copy of the keys can have been taken: one with a victim's creation as its latest.
// Such a copy holds no key that was deleted before, and explains no use before it.
func (s *scan) copies() {
	var times []instruction.Time
	for _, v := range s.victims {
		if t := s.keys.list[v.Key].Created; t != 0 {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	step := (len(times) + maxEdges - 1) / maxEdges
	penalty := math.Log(1 + math.Log2(float64(max(len(s.keys.created), 1))))
	for i := len(times) - 1; i >= 0; i -= max(step, 1) {
		h := Hypothesis{Family: AliveAt, AliveAt: times[i], Until: forever}
		k := 0.0
		for _, v := range s.victims {
			x := &s.keys.list[v.Key]
			if end := lives(x, v.At); x.Created != 0 && x.Created <= h.AliveAt && end > h.AliveAt {
				k += v.weight
				h.Until = min(h.Until, end)
			}
		}
		if h.Until == forever {
			h.Until = h.AliveAt
		}
		m := within(s.keys.created, 0, h.AliveAt+1) - within(s.keys.deleted, 0, h.AliveAt+1)
		s.add(h, m, k, penalty)
	}
}

// lives is until when a copy must have been taken that holds the key and explains that it was used at a time.
func lives(k *Key, used instruction.Time) instruction.Time {
	end := forever
	if k.Deleted != 0 {
		end = k.Deleted
	}
	if used != 0 {
		end = min(end, used)
	}
	return end
}

// places looks at the networks and the programs that victims use.
func (s *scan) places() {
	networks, clients := map[instruction.Network]float64{}, map[uint64]float64{}
	for _, v := range s.victims {
		k := &s.keys.list[v.Key]
		for j, n := range k.Networks {
			if !slices.Contains(k.Networks[:j], n) {
				networks[n] += v.weight
			}
		}
		if k.Client != 0 {
			clients[k.Client] += v.weight
		}
	}
	for n, k := range networks {
		if k >= 2 { // one alone says nothing, and there may be many
			s.add(Hypothesis{Family: Network, Network: n}, s.keys.networks[n], k, math.Log(float64(len(s.keys.networks))))
		}
	}
	for c, k := range clients {
		if k >= 2 {
			s.add(Hypothesis{Family: Client, Client: c}, s.keys.clients[c], k, math.Log(float64(len(s.keys.clients))))
		}
	}
}
