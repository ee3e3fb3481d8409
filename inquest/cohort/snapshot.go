package cohort

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
)

// Inference is what the dates of the keys that were used say about one copy of the table of living keys: it was taken when
// all of them were there, so not before the newest was created, nor after the oldest deletion, nor after the first use.
type Inference struct {
	Keys     int  // that were used, and whose creation is known
	Possible bool // that one copy explains them all: taken at From or later, and before To

	From     instruction.Time // max(created)
	Newest   int              // the key that says so, by its place; −1 for none
	To       instruction.Time // min(deleted), or the first use where that was earlier; 0: nothing bounds it
	Earliest int              // the key that says so; −1 for none
	ByUse    bool             // To is a first use, no deletion

	Deleted       int              // of the keys used, how many had been deleted
	OldestDeleted instruction.Time // min(deleted); 0 for none

	Copies    []Copy // fewest copies that explain all keys, earliest first
	Explained int    // by the best single one of any time
	Best      Copy   // that one
}

// Copy is the time of a copy: From or later, and before To, where To is not 0.
type Copy struct {
	From, To instruction.Time
	Keys     int
}

// Snapshot infers when a single copy can have been taken, or that none can.
func (k *Keys) Snapshot(victims []Victim) Inference {
	r := Inference{Newest: -1, Earliest: -1}
	list, _ := k.weigh(victims)
	list = slices.DeleteFunc(list, func(v weighed) bool { return k.list[v.Key].Created == 0 })
	r.Keys = len(list)
	to := forever
	for _, v := range list {
		x := &k.list[v.Key]
		if r.Newest < 0 || x.Created > r.From {
			r.From, r.Newest = x.Created, v.Key
		}
		if x.Deleted != 0 {
			r.Deleted++
			if r.OldestDeleted == 0 || x.Deleted < r.OldestDeleted {
				r.OldestDeleted = x.Deleted
			}
		}
		if end := lives(x, v.At); end < to {
			to, r.Earliest, r.ByUse = end, v.Key, end != x.Deleted
		}
	}
	if r.Possible = r.From < to && r.Keys > 0; to != forever {
		r.To = to
	}
	k.copies(&r, list)
	return r
}

// copies finds the fewest copies that hold every key: the one that must be taken first is taken as late as it may be, and
// holds all that were there by then. It also finds the one that holds the most.
func (k *Keys) copies(r *Inference, list []weighed) {
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(lives(&k.list[a.Key], a.At), lives(&k.list[b.Key], b.At)), cmp.Compare(a.Key, b.Key))
	})
	step := max((len(list)+maxEdges-1)/maxEdges, 1)
	for i := 0; i < len(list); i += step { // the most: at some key's creation
		if c := k.copyAt(list, k.list[list[i].Key].Created); c.Keys > r.Best.Keys {
			r.Best = c
		}
	}
	r.Explained = r.Best.Keys
	held := make([]bool, len(list))
	for i := range list {
		if held[i] {
			continue
		}
		c := Copy{To: lives(&k.list[list[i].Key], list[i].At)}
		for j := i; j < len(list); j++ {
			if x := &k.list[list[j].Key]; !held[j] && x.Created < c.To {
				held[j] = true
				c.Keys++
				c.From = max(c.From, x.Created)
			}
		}
		held[i] = true // even where its own dates contradict each other
		c.Keys = max(c.Keys, 1)
		if c.To == forever {
			c.To = 0
		}
		r.Copies = append(r.Copies, c)
	}
}

// copyAt is the copy of a time: what it holds, and for how long after it would have held the same.
func (k *Keys) copyAt(list []weighed, at instruction.Time) Copy {
	c := Copy{From: at, To: forever}
	for _, v := range list {
		x := &k.list[v.Key]
		if end := lives(x, v.At); x.Created <= at && end > at {
			c.Keys++
			c.To = min(c.To, end)
		}
	}
	if c.To == forever {
		c.To = 0
	}
	return c
}
