// Package owner keeps what belongs to the customers' own word: what waits for time or for their answer, how long their
// additions wait, and their address books.
//
// It owns these lists and knows nothing of keys, balances or payouts: what comes of a matter is package core's. It refuses
// events that do not fit. All times are of the clock of waits. One goroutine uses an Owner at a time.
package owner

import (
	"errors"
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

// MaxMatters is how many things of one account can wait at once.
const MaxMatters = 100

// MaxAsked is how many things that one credential asked for can wait at once, in all its customer's accounts: they end together.
const MaxAsked = 500

var errMatter = errors.New("owner: an event of a matter that does not fit")

// Waiting is a matter with its number.
type Waiting struct {
	ID instruction.MatterID
	instruction.Matter
}

// Owner is what belongs to the customers' own word. The zero Owner is not ready; see New.
type Owner struct {
	last  instruction.MatterID
	open  []Waiting                                         // by ascending number; those that ended have no kind, until they are many
	dead  int                                               // of open
	of    map[instruction.Account][]instruction.MatterID    // what waits of each account, ascending
	by    map[instruction.Credential][]instruction.MatterID // what waits that each credential asked for, ascending
	due   due.Queue
	waits map[instruction.Account]instruction.Time
	books map[instruction.Account][]Address
}

// New is empty.
func New() *Owner {
	return &Owner{
		of:    make(map[instruction.Account][]instruction.MatterID),
		by:    make(map[instruction.Credential][]instruction.MatterID),
		waits: make(map[instruction.Account]instruction.Time),
		books: make(map[instruction.Account][]Address),
	}
}

// Last is the last number given to a matter.
func (o *Owner) Last() instruction.MatterID { return o.last }

// Matter is what waits under the number, or nil. It must not be changed.
func (o *Owner) Matter(id instruction.MatterID) *instruction.Matter {
	if i := o.find(id); i >= 0 {
		return &o.open[i].Matter
	}
	return nil
}

func (o *Owner) find(id instruction.MatterID) int {
	i, ok := slices.BinarySearchFunc(o.open, id, func(w Waiting, id instruction.MatterID) int {
		switch {
		case w.ID < id:
			return -1
		case w.ID > id:
			return 1
		}
		return 0
	})
	if !ok || o.open[i].Kind == 0 {
		return -1
	}
	return i
}

// Of is what of the account waits, by ascending number. It must not be changed.
func (o *Owner) Of(a instruction.Account) []instruction.MatterID { return o.of[a] }

// AskedBy is what waits that the credential asked for, by ascending number. It must not be changed.
func (o *Owner) AskedBy(c instruction.Credential) []instruction.MatterID { return o.by[c] }

// Each shows all that waits, by ascending number, until yield says no.
func (o *Owner) Each(yield func(*Waiting) bool) {
	for i := range o.open {
		if o.open[i].Kind != 0 && !yield(&o.open[i]) {
			return
		}
	}
}

// Due is the matter whose wait has been over for longest, or 0.
func (o *Owner) Due(waits instruction.Time) instruction.MatterID {
	if e, ok := o.due.First(); ok && e.At <= waits {
		return instruction.MatterID(e.ID)
	}
	return 0
}

// Open takes note of a matter.
func (o *Owner) Open(e *instruction.MatterOpened) error {
	if e.ID != o.last+1 || e.Matter.Account == 0 || len(o.of[e.Matter.Account]) >= MaxMatters || len(o.by[e.Matter.By]) >= MaxAsked {
		return errMatter
	}
	o.last = e.ID
	o.add(Waiting{e.ID, e.Matter})
	return nil
}

func (o *Owner) add(w Waiting) {
	o.open = append(o.open, w)
	o.of[w.Account] = append(o.of[w.Account], w.ID)
	if w.By != 0 {
		o.by[w.By] = append(o.by[w.By], w.ID)
	}
	o.due.Add(due.Entry{At: w.Due, ID: uint64(w.ID)})
}

// Close forgets a matter.
func (o *Owner) Close(e *instruction.MatterClosed) error {
	i := o.find(e.ID)
	if i < 0 || o.open[i].Kind != e.Kind || o.open[i].Account != e.Account {
		return errMatter
	}
	strike(o.of, e.Account, e.ID)
	strike(o.by, o.open[i].By, e.ID)
	o.open[i].Matter = instruction.Matter{}
	if o.dead++; o.dead > 64 && o.dead > len(o.open)/2 {
		o.open = slices.DeleteFunc(o.open, func(w Waiting) bool { return w.Kind == 0 })
		o.dead = 0
	}
	o.tidy()
	return nil
}

// strike takes a matter out of a list of many, and an empty list with it.
func strike[K comparable](lists map[K][]instruction.MatterID, k K, id instruction.MatterID) {
	list := slices.DeleteFunc(lists[k], func(x instruction.MatterID) bool { return x == id })
	if lists[k] = list; len(list) == 0 {
		delete(lists, k)
	}
}

// tidy takes out of the front of the queue what is due no longer, or at another time.
func (o *Owner) tidy() {
	for e, ok := o.due.First(); ok; e, ok = o.due.First() {
		if m := o.Matter(instruction.MatterID(e.ID)); m != nil && m.Due == e.At {
			return
		}
		o.due.Drop()
	}
}

// Postpone takes note that a matter is due later than it was.
func (o *Owner) Postpone(e *instruction.MatterPostponed) error {
	i := o.find(e.ID)
	if i < 0 || e.Due <= o.open[i].Due {
		return errMatter
	}
	o.open[i].Due = e.Due
	o.due.Add(due.Entry{At: e.Due, ID: uint64(e.ID)})
	o.tidy()
	return nil
}

// Wait is how long the customer's additions wait.
func (o *Owner) Wait(customer instruction.Account) instruction.Time {
	if w := o.waits[customer]; w != 0 {
		return w
	}
	return instruction.MinWait
}

// SetWait takes note of how long the customer's additions wait from now on.
func (o *Owner) SetWait(e *instruction.WaitSet) error {
	if e.Account == 0 || e.Wait < instruction.MinWait || e.Wait > instruction.MaxWait {
		return errMatter
	}
	o.waits[e.Account] = e.Wait
	return nil
}

// Fields is the persisted form.
func (o *Owner) Fields(c *instruction.Codec) {
	if c.Reading() {
		*o = *New()
	}
	instruction.Num64(c, &o.last)
	n := c.Count(len(o.open)-o.dead, 1<<31-1)
	if c.Reading() {
		for range n {
			var w Waiting
			o.matter(c, &w)
			if c.Err() != nil {
				return
			}
			if w.ID == 0 || w.ID > o.last || len(o.open) > 0 && w.ID <= o.open[len(o.open)-1].ID {
				c.Fail("matter %d", w.ID)
				return
			}
			o.add(w)
		}
	} else {
		o.Each(func(w *Waiting) bool {
			o.matter(c, w)
			return true
		})
	}
	o.waitFields(c)
	o.bookFields(c)
}

func (o *Owner) matter(c *instruction.Codec, w *Waiting) {
	c.Pause()
	instruction.Num64(c, &w.ID)
	w.Matter.Fields(c)
}

// waitFields is the persisted form of the waits that somebody set, by account.
func (o *Owner) waitFields(c *instruction.Codec) {
	list := make([]instruction.WaitSet, 0, len(o.waits))
	for a := instruction.Account(1); len(list) < len(o.waits); a++ {
		if w := o.waits[a]; w != 0 {
			list = append(list, instruction.WaitSet{Account: a, Wait: w})
		}
	}
	n := c.Count(len(list), 1<<31-1)
	for i := range n {
		c.Pause()
		var e instruction.WaitSet
		if !c.Reading() {
			e = list[i]
		}
		instruction.Num32(c, &e.Account)
		instruction.Num64(c, &e.Wait)
		if !c.Reading() {
			continue
		}
		if c.Err() == nil && (o.waits[e.Account] != 0 || o.SetWait(&e) != nil) {
			c.Fail("a wait of account %d", e.Account)
		}
		if c.Err() != nil {
			return
		}
	}
}
