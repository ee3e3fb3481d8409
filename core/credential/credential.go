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

// Keys is the list of all credentials. The zero Keys is not ready; see New. One goroutine uses it at a time.
type Keys struct {
	pages []*[page]Key // by credential; nobody has number 0
	next  instruction.Credential
	byID  map[instruction.KeyID]instruction.Credential
	own   map[instruction.Account][]instruction.Credential // living owner's keys, ascending
	dead  map[mark]struct{}                                // public keys of tombstones and canaries
	aging due.Queue                                        // of the next notice of each key that ages
	apps  map[string]*string                               // integrators
}

// page is how many keys lie together: nothing moves when there are more.
const page = 256

// New is an empty list.
func New() *Keys {
	return &Keys{
		next: 1,
		byID: make(map[instruction.KeyID]instruction.Credential),
		own:  make(map[instruction.Account][]instruction.Credential),
		dead: make(map[mark]struct{}),
		apps: make(map[string]*string),
	}
}

// Next is the number that the next created key gets.
func (k *Keys) Next() instruction.Credential { return k.next }

// Key is the credential of that number, or nil. It must not be changed.
func (k *Keys) Key(c instruction.Credential) *Key {
	if c == 0 || c >= k.next {
		return nil
	}
	return k.at(c)
}

func (k *Keys) at(c instruction.Credential) *Key { return &k.pages[c/page][c%page] }

// add makes room for one more key.
func (k *Keys) add() *Key {
	if int(k.next/page) == len(k.pages) {
		k.pages = append(k.pages, new([page]Key))
	}
	k.next++
	return k.at(k.next - 1)
}

// name gives a key what people call it by.
func (k *Keys) name(key *Key, label, integrator string) {
	if label != "" {
		key.label = &label
	}
	if integrator == "" {
		return
	}
	if k.apps[integrator] == nil {
		k.apps[integrator] = &integrator
	}
	key.integrator = k.apps[integrator]
}

// Find is the credential of that name, living or tombstone, or 0.
func (k *Keys) Find(id instruction.KeyID) instruction.Credential { return k.byID[id] }

// Owners are the living owner's keys of an account, ascending. They must not be changed.
func (k *Keys) Owners(a instruction.Account) []instruction.Credential { return k.own[a] }

// listOwner enters a key among the living owner's keys of its account, where it is one, and takes it out where it is not.
func (k *Keys) listOwner(c instruction.Credential) {
	key := k.at(c)
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
	key := k.add()
	*key = Key{
		Account: in.Account, ID: in.ID, Scheme: in.Scheme, material: string(in.Material), Canary: in.Canary, Legacy: in.Legacy,
		Created: created, Renewed: renewed, Imported: imported,
	}
	key.setMandate(&in.Mandate)
	k.name(key, in.Label, in.Integrator)
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
	key.setMandate(m)
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
		key.material = ""
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
	key.material = string(material)
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
	n := c.Count(int(k.next)-1, 1<<31-1)
	if c.Reading() {
		k.byID = make(map[instruction.KeyID]instruction.Credential, c.Room(n, minKey))
	}
	for i := 1; i <= n && c.Err() == nil; i++ {
		c.Pause()
		id := instruction.Credential(i) // #nosec G115 -- at most 2^31
		if !c.Reading() {
			k.fields(c, k.at(id))
			continue
		}
		key := k.add()
		k.fields(c, key)
		k.byID[key.ID] = id
		k.listOwner(id)
		k.listDead(id)
		k.expect(id)
	}
	if c.Reading() && c.Err() == nil && len(k.byID) != n {
		c.Fail("two keys of one name")
	}
}

// minKey is less than the bytes of any key.
const minKey = 40

func (k *Keys) fields(c *instruction.Codec, key *Key) {
	label, mandate, material, integrator := key.Label(), instruction.Mandate{}, []byte(nil), key.Integrator()
	if !c.Reading() {
		mandate, material = key.Mandate(), key.Material()
	}
	instruction.Num32(c, &key.Account)
	c.Fixed(key.ID[:])
	instruction.Num8(c, &key.Scheme)
	c.Text(&label)
	mandate.Fields(c)
	c.Blob(&material)
	c.Text(&integrator)
	if c.Reading() {
		key.setMandate(&mandate)
		key.material = string(material)
		k.name(key, label, integrator)
	}
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
