// Package credential holds the API keys of all accounts, living and deleted, and verifies what they sign.
//
// It owns the list of keys. A key is created once and never used again under the same name; revoked, it stays as a
// tombstone without its secret for ever, and its public key is known again. The package keeps public keys, and HMAC secrets only as its callers sealed
// them: it never sees one in the clear but in VerifyHMAC, and it judges nobody: that is the gate's.
package credential

import (
	"fmt"
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

// Key is one credential. There may be a million: the small fields stand together, which saves sixteen bytes of each.
type Key struct {
	ID         instruction.KeyID
	Account    instruction.Account
	Incident   instruction.IncidentID // for which it is in quarantine; restored, the one for which it never is again
	Scheme     instruction.Scheme
	Quarantine instruction.QuarantineCause
	Canary     bool  // a decoy that nobody who is honest ever uses
	Legacy     bool  // brought from elsewhere as it was held there
	warned     uint8 // how many notices of its age were given since it was renewed

	Label      string
	Integrator string // the third party it was made for, "" for none
	Mandate    instruction.Mandate
	Material   []byte // public key, or sealed secret; a tombstone keeps a public key and no secret

	Created  instruction.Time
	Revoked  instruction.Time // 0 while it lives
	Renewed  instruction.Time // when somebody last said that it is wanted, by the clock of waits
	Imported instruction.Time // of a legacy one: when it came here, by the clock of waits
	Shut     instruction.Time // when it was put into quarantine, by the clock of waits
}

// Owner says that it is an owner's credential.
func (k *Key) Owner() bool { return k.Mandate.Rights.Has(instruction.MayOwn) }

// Keys is the list of all credentials. The zero Keys is not ready; see New. One goroutine uses it at a time.
type Keys struct {
	list  []Key // by credential; list[0] is not used
	byID  map[instruction.KeyID]instruction.Credential
	own   map[instruction.Account][]instruction.Credential // living owner's keys, ascending
	dead  map[mark]struct{}                                // public keys of tombstones and canaries
	aging due.Queue                                        // of the next notice of each key that ages
}

// New is an empty list.
func New() *Keys {
	return &Keys{
		list: make([]Key, 1),
		byID: make(map[instruction.KeyID]instruction.Credential),
		own:  make(map[instruction.Account][]instruction.Credential),
		dead: make(map[mark]struct{}),
	}
}

// Next is the number that the next created key gets.
func (k *Keys) Next() instruction.Credential {
	return instruction.Credential(len(k.list)) // #nosec G115 -- core bounds keys far below 2^32
}

// Key is the credential of that number, or nil. It must not be changed.
func (k *Keys) Key(c instruction.Credential) *Key {
	if c == 0 || int64(c) >= int64(len(k.list)) {
		return nil
	}
	return &k.list[c]
}

// Find is the credential of that name, living or tombstone, or 0.
func (k *Keys) Find(id instruction.KeyID) instruction.Credential { return k.byID[id] }

// Owners are the living owner's keys of an account, ascending. They must not be changed.
func (k *Keys) Owners(a instruction.Account) []instruction.Credential { return k.own[a] }

// listOwner enters a key among the living owner's keys of its account, where it is one, and takes it out where it is not.
func (k *Keys) listOwner(c instruction.Credential) {
	key := &k.list[c]
	list := k.own[key.Account]
	at, in := slices.BinarySearch(list, c)
	switch is := key.Owner() && key.Revoked == 0; {
	case is && !in:
		k.own[key.Account] = slices.Insert(list, at, c)
	case !is && len(list) == 1 && in:
		delete(k.own, key.Account)
	case !is && in:
		k.own[key.Account] = slices.Delete(list, at, at+1)
	}
}

// Create adds a key; its number must be Next and its name new. now is the time, waits that of the clock of waits.
func (k *Keys) Create(c instruction.Credential, in *instruction.CreateKey, now, waits instruction.Time) error {
	if c != k.Next() || k.byID[in.ID] != 0 {
		return fmt.Errorf("credential: key %d (%s) cannot be created", c, in.ID)
	}
	created, renewed := in.Created, in.Created
	if created == 0 {
		created, renewed = now, waits
	}
	imported := instruction.Time(0)
	if in.Legacy { // it has had no chance to be renewed here
		renewed, imported = waits, waits
	}
	k.list = append(k.list, Key{
		Account: in.Account, ID: in.ID, Scheme: in.Scheme, Label: in.Label, Mandate: in.Mandate, Material: in.Material,
		Integrator: in.Integrator, Canary: in.Canary, Legacy: in.Legacy, Created: created, Renewed: renewed, Imported: imported,
	})
	k.byID[in.ID] = c
	k.listOwner(c)
	k.listDead(c)
	k.expect(c)
	return nil
}

// SetMandate gives a living key another mandate.
func (k *Keys) SetMandate(c instruction.Credential, m *instruction.Mandate) error {
	key := k.Key(c)
	if key == nil || key.Revoked != 0 {
		return fmt.Errorf("credential: key %d cannot have another mandate", c)
	}
	aged := key.Ages()
	key.Mandate = *m
	k.listOwner(c)
	if key.Ages() && !aged {
		k.expect(c)
	}
	k.prune()
	return nil
}

// Revoke makes a living key a tombstone.
func (k *Keys) Revoke(c instruction.Credential, now instruction.Time) error {
	key := k.Key(c)
	if key == nil || key.Revoked != 0 {
		return fmt.Errorf("credential: key %d cannot be revoked", c)
	}
	key.Revoked = now
	if key.Scheme == instruction.HMAC {
		key.Material = nil
	}
	k.listOwner(c)
	k.listDead(c)
	k.prune()
	return nil
}

// Reseal keeps the secret of a living HMAC key as it is sealed here.
func (k *Keys) Reseal(c instruction.Credential, material []byte) error {
	key := k.Key(c)
	if key == nil || key.Revoked != 0 || key.Scheme != instruction.HMAC || CheckMaterial(key.Scheme, material) != nil {
		return fmt.Errorf("credential: key %d cannot be sealed anew", c)
	}
	key.Material = material
	return nil
}

// Quarantine leaves a living key nothing but reading and cancelling. A stricter quarantine takes the place of another.
func (k *Keys) Quarantine(e *instruction.KeyQuarantined, waits instruction.Time) error {
	key := k.Key(e.Credential)
	if key == nil || key.Revoked != 0 || key.Quarantine != 0 && (key.Quarantine == e.Cause || e.Cause != instruction.QuarantinedByWord) {
		return fmt.Errorf("credential: key %d cannot be put into quarantine", e.Credential)
	}
	key.Quarantine, key.Incident, key.Shut = e.Cause, e.Incident, waits
	return nil
}

// Restore ends a quarantine. The incident that it was for stays known: for that one it is not put there again.
func (k *Keys) Restore(c instruction.Credential) error {
	key := k.Key(c)
	if key == nil || key.Quarantine == 0 {
		return fmt.Errorf("credential: key %d is not in quarantine", c)
	}
	key.Quarantine, key.Shut = 0, 0
	return nil
}

// Fields is the persisted form, by ascending number.
func (k *Keys) Fields(c *instruction.Codec) {
	if c.Reading() {
		*k = *New()
	}
	n := c.Count(len(k.list)-1, 1<<31-1)
	if c.Reading() {
		room := c.Room(n, minKey)
		k.list = slices.Grow(k.list, room)
		k.byID = make(map[instruction.KeyID]instruction.Credential, room)
	}
	for i := 1; i <= n && c.Err() == nil; i++ {
		if c.Reading() {
			k.list = append(k.list, Key{})
		}
		c.Pause()
		k.list[i].fields(c)
		if c.Reading() {
			k.byID[k.list[i].ID] = instruction.Credential(i)
			k.listOwner(instruction.Credential(i))
			k.listDead(instruction.Credential(i))
			k.expect(instruction.Credential(i))
		}
	}
	if c.Reading() && c.Err() == nil && len(k.byID) != n {
		c.Fail("two keys of one name")
	}
}

// minKey is less than the bytes of any key.
const minKey = 40

func (key *Key) fields(c *instruction.Codec) {
	instruction.Num32(c, &key.Account)
	c.Fixed(key.ID[:])
	instruction.Num8(c, &key.Scheme)
	c.Text(&key.Label)
	key.Mandate.Fields(c)
	c.Blob(&key.Material)
	c.Text(&key.Integrator)
	c.Bool(&key.Canary)
	instruction.Num64(c, &key.Created)
	instruction.Num64(c, &key.Revoked)
	if !c.Since(3) {
		key.Renewed = key.Created
	} else {
		instruction.Num64(c, &key.Renewed)
		instruction.Num8(c, &key.warned)
		if int(key.warned) > len(notices) {
			c.Fail("%d notices", key.warned)
		}
		c.Bool(&key.Legacy)
		instruction.Num64(c, &key.Imported)
		instruction.Num8(c, &key.Quarantine)
		instruction.Num32(c, &key.Incident)
		instruction.Num64(c, &key.Shut)
	}
}
