// Package sighting says what a venue's edge tells the engine of keys that are used without asking it to do anything: that a
// living key read, and that a deleted key or a decoy was used at all.
//
// It owns the memory of what was told of late. A living key is told of once for each network and hour, a deleted one and a
// decoy once for each network and minute. It refuses to be made a way to fill the journal or the memory: what is told in a
// second is bounded, and so are the networks of one key and what is remembered. What finds no room is forgotten, and told with
// the next use. It has no clock and tells nobody itself: the venue's edge does, and so do replays, by the same rules.
package sighting

import "portcullis/core/instruction"

const (
	hour   = 3600 * instruction.Second
	minute = 60 * instruction.Second

	// ReadRate and AlarmRate are how many reads and alarms are told in a second, ReadBurst and AlarmBurst how many at once
	// after a time without any.
	ReadRate, ReadBurst   = 200, 1000
	AlarmRate, AlarmBurst = 20, 100
	// MaxNetworks is how many networks of one key are told of in its hour, or its minute: who owns many networks cannot use
	// up with one key what is left for others.
	MaxNetworks = 8
	maxReads    = 1 << 20 // remembered of one hour, at about 40 bytes each
	maxAlarms   = 1 << 14 // of one minute
)

// Sighting is what is told.
type Sighting struct {
	By   instruction.Principal
	In   instruction.Sight
	Dead bool // it is of a deleted key or a decoy
}

// Outcome is what becomes of a use that was seen.
type Outcome uint8

const (
	Known Outcome = iota // it was told of late, or is of no key
	Lost                 // there is no room for it
	Told                 // it is to be told
)

// Memory is what was told of late. The zero Memory is not ready; see New. One goroutine uses it at a time.
type Memory struct {
	reads, alarms kind
}

// kind is one kind of sightings.
type kind struct {
	recent recent
	bucket bucket
}

// New is a memory of nothing.
func New() *Memory {
	return &Memory{
		reads:  kind{recent{span: hour, limit: maxReads}, bucket{rate: ReadRate, burst: ReadBurst}},
		alarms: kind{recent{span: minute, limit: maxAlarms}, bucket{rate: AlarmRate, burst: AlarmBurst}},
	}
}

// Saw is what is to be told of a use: dead, of a deleted key or a decoy; proven, by a signature that verifies. A key that
// there is not leaves nothing, and takes as long. full says that whoever tells has no room for it.
func (m *Memory) Saw(now instruction.Time, p *instruction.Principal, dead, proven, full bool) (Sighting, Outcome) {
	x := Sighting{
		By:   instruction.Principal{Giver: instruction.ByVenue, Addr: p.Addr, Client: p.Client, Sent: now},
		In:   instruction.Sight{Credential: p.Credential, Proven: proven},
		Dead: dead,
	}
	if p.Sent != 0 { // what was sent while a key lived is none of a deleted key
		x.By.Sent = min(p.Sent, now)
	}
	k, u := m.kind(dead), x.use()
	switch known, room := k.recent.has(now, u); {
	case known, p.Credential == 0:
		return x, Known
	case !room, full, !k.bucket.take(now):
		return x, Lost
	}
	k.recent.add(u)
	return x, Told
}

// Forget takes back what was to be told and was not, so that the next use is.
func (m *Memory) Forget(x *Sighting) { m.kind(x.Dead).recent.remove(x.use()) }

// Remembered is how many uses are remembered.
func (m *Memory) Remembered() int { return len(m.reads.recent.uses) + len(m.alarms.recent.uses) }

func (m *Memory) kind(dead bool) *kind {
	if dead {
		return &m.alarms
	}
	return &m.reads
}

func (x *Sighting) use() use {
	return use{x.In.Credential, instruction.NetworkOf(x.By.Addr), x.In.Proven}
}

// Dead says whether a verdict is on a deleted key or a decoy. The edge refuses whatever such a key asks for by itself.
func Dead(r instruction.Reason) bool {
	return r == instruction.DeletedCredential || r == instruction.CanaryCredential
}

// Of is what a signed request tells of its key, by the verdict on reading with it: signed, that the signature verifies; asks,
// that the request leaves a record of its own. ok is false where there is nothing to tell. Without its secret nobody can say
// whether a deleted HMAC key signed; who names a deleted key whose public half is still here, and does not sign with the
// other, does not have it.
func Of(r instruction.Reason, s instruction.Scheme, signed, asks bool) (dead, proven, ok bool) {
	switch r {
	case instruction.UnknownCredential: // it leaves nothing, and takes as long
		return true, false, true
	case instruction.DeletedCredential:
		return true, signed && s != instruction.HMAC, signed || s == instruction.HMAC
	case instruction.WithinMandate:
		return false, true, signed && !asks
	}
	return false, false, false
}
