package credential

import (
	"fmt"
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

// notices are how many days before the end of its year a key is spoken of.
var notices = [...]uint16{30, 7, 1, 0}

// Ages says that the key loses its rights when nobody renews it. Owner's keys and canaries do not.
func (key *Key) Ages() bool { return key.Revoked == 0 && !key.Canary && !key.Owner() }

// notice is when the key is to be spoken of next, by the clock of waits; ok is false where that is never.
func (key *Key) notice() (at instruction.Time, ok bool) {
	if !key.Ages() || int(key.warned) >= len(notices) {
		return 0, false
	}
	at = key.Renewed + instruction.Year - instruction.Time(notices[key.warned])*instruction.Day
	if notices[key.warned] == 0 {
		at++ // it has its rights to the end of the year
	}
	return at, true
}

// expect enters the key's next notice.
func (k *Keys) expect(c instruction.Credential) {
	if at, ok := k.at(c).notice(); ok {
		k.aging.Add(due.Entry{At: at, ID: uint64(c)})
	}
}

// prune drops what is out of date from the head of the queue.
func (k *Keys) prune() {
	for e, ok := k.aging.First(); ok; e, ok = k.aging.First() {
		if at, live := k.at(instruction.Credential(e.ID)).notice(); live && at == e.At { // #nosec G115 -- it was entered from one
			return
		}
		k.aging.Drop()
	}
}

// Aging is the key of which it is longest due to say how many days it has left; ok is false where none is due.
func (k *Keys) Aging(waits instruction.Time) (c instruction.Credential, days uint16, ok bool) {
	e, ok := k.aging.First()
	if !ok || e.At > waits {
		return 0, 0, false
	}
	c = instruction.Credential(e.ID) // #nosec G115 -- it was entered from one
	key := *k.at(c)
	for {
		days = notices[key.warned]
		key.warned++
		if at, more := key.notice(); !more || at > waits {
			return c, days, true // of several that are due only the last one still says what is so
		}
	}
}

// Warned takes note that a key was spoken of.
func (k *Keys) Warned(e *instruction.KeyAging) error {
	key, n := k.Key(e.Credential), slices.Index(notices[:], e.Days)
	if key == nil || n < 0 || !key.Ages() || n < int(key.warned) {
		return fmt.Errorf("credential: key %d is not to be spoken of at %d days", e.Credential, e.Days)
	}
	key.warned = uint8(n + 1) // #nosec G115 -- there are a few
	k.expect(e.Credential)
	k.prune()
	return nil
}

// Renew has a key keep its rights for another year from waits on.
func (k *Keys) Renew(c instruction.Credential, waits instruction.Time) error {
	key := k.Key(c)
	if key == nil || !key.Ages() {
		return fmt.Errorf("credential: key %d cannot be renewed", c)
	}
	key.Renewed, key.warned = waits, 0
	k.expect(c)
	k.prune()
	return nil
}
