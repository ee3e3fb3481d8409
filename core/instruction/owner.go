package instruction

import (
	"strings"

	"portcullis/core/money"
)

// Cap bounds what a credential may do in a day with one asset. A day is the last 24 hours, counted in slots of two hours
// that expire whole.
type Cap struct {
	Asset    Asset
	PerOrder money.Amount // of one order or withdrawal; 0 for no bound but the day's
	PerDay   money.Amount // of all in 24 hours, at least PerOrder; 0 for no bound but the order's
}

// MaxCaps is how many assets a mandate's list of caps may name.
const MaxCaps = 16

// Destination is where a withdrawal goes: an address outside the venue.
type Destination struct {
	Chain   string // on which the asset moves, such as the asset's own symbol; 1 to 16 of A-Z 0-9
	Address string // 1 to 128 of printable ASCII without blanks
	Tag     string // what some chains add to an address, at most 64 of printable ASCII without blanks; "" for none
}

// Limits of a destination, in bytes.
const (
	MaxChain   = 16
	MaxAddress = 128
	MaxTag     = 64
)

// Sound says that a destination has the form of one; whether there is such an address only its chain knows.
func (d *Destination) Sound() bool {
	upper := func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' }
	dark := func(r rune) bool { return r > ' ' && r <= '~' }
	return formed(d.Chain, MaxChain, upper) && d.Chain != "" && formed(d.Address, MaxAddress, dark) && d.Address != "" && formed(d.Tag, MaxTag, dark)
}

// formed says that a text is at most n bytes, all of a kind.
func formed(t string, n int, kind func(rune) bool) bool {
	return len(t) <= n && !strings.ContainsFunc(t, func(r rune) bool { return !kind(r) })
}

// ChangeMandate gives a credential another mandate. What it takes away is gone at once; what it adds waits.
type ChangeMandate struct {
	Credential Credential
	Mandate    Mandate
}

// RenewKey says that a credential is still wanted: for another year it does not fall back to reading and cancelling.
type RenewKey struct {
	Credential Credential
}

// QuarantineKey leaves a credential nothing but reading and cancelling, and has its open orders cancelled.
type QuarantineKey struct {
	Credential Credential
}

// RestoreKey ends a quarantine.
type RestoreKey struct {
	Credential Credential
}

// LockAccount leaves all credentials of an account, and of its sub-accounts, nothing but reading and cancelling. Its
// orders stay.
type LockAccount struct {
	Account Account
	Reason  string // at most 200 bytes
}

// UnlockAccount ends a lock.
type UnlockAccount struct {
	Account Account
}

// SetWait says how long what an owner adds waits before it holds. Making it longer holds at once; making it shorter waits
// for as long as the longer one.
type SetWait struct {
	Account Account // a master account, for all accounts of its customer
	Wait    Time    // MinWait to MaxWait
}

// Bounds of a customer's wait, and what it is where nobody set it.
const (
	MinWait = Day
	MaxWait = 90 * Day
)

// AddAddress adds an address to an account's address book, after the wait.
type AddAddress struct {
	Account Account
	Asset   Asset
	To      Destination
	Label   string // the owner's own word for it, at most 64 bytes of printable ASCII
}

// RemoveAddress takes an address out of the book at once.
type RemoveAddress struct {
	Account Account
	Asset   Asset
	To      Destination
}

// Answer is the owner's yes or no to what waits. A yes lets a withdrawal go that was challenged or held; it shortens no
// other wait. A no ends what waits, and nothing comes of it.
type Answer struct {
	Matter MatterID
	Yes    bool
}

// MandateSet says what a credential may do from now on.
type MandateSet struct {
	Credential Credential
	Mandate    Mandate
}

// KeyRenewed follows RenewKey.
type KeyRenewed struct {
	Credential Credential
}

// KeyAging says that so many days are left until the credential, unless it is renewed, may only read and cancel; 0: it is
// so now.
type KeyAging struct {
	Credential Credential
	Days       uint16
}

// KeyQuarantined says that the credential may only read and cancel. Where an alarm is the cause, it may do more still from
// where its customer has been at home.
type KeyQuarantined struct {
	Credential Credential
	Cause      QuarantineCause
	Incident   IncidentID // for an alarm
}

// KeyRestored says that a quarantine is over.
type KeyRestored struct {
	Credential Credential
}

// KeySwept says how far the orders of a credential in quarantine, or of a tombstone, have been cancelled: in markets before
// this one, and in all when it is 0. Of a tombstone it also says that this begins.
type KeySwept struct {
	Credential Credential
	Market     Market
}

// AccountLocked follows LockAccount.
type AccountLocked struct {
	Account Account
	Reason  string
}

// AccountUnlocked follows UnlockAccount.
type AccountUnlocked struct {
	Account Account
}

// WaitSet says how long a customer's additions wait from now on.
type WaitSet struct {
	Account Account
	Wait    Time
}

// AddressAdded says that withdrawals may go there from now on.
type AddressAdded struct {
	Account Account
	Asset   Asset
	To      Destination
	Label   string
}

// AddressRemoved follows RemoveAddress.
type AddressRemoved struct {
	Account Account
	Asset   Asset
	To      Destination
}

// Matter is something that waits for time or for its owner's word.
type Matter struct {
	Kind    MatterKind
	Account Account // whose owner it concerns
	Due     Time    // when the wait is over, by the clock of waits

	Credential Credential  // Widening: whose; Outgoing: by which
	Mandate    Mandate     // Widening: the whole mandate to come
	Asset      Asset       // NewAddress, Outgoing
	To         Destination // NewAddress, Outgoing
	Label      string      // NewAddress
	Wait       Time        // ShorterWait: the wait to come
	Payout     PayoutID    // Outgoing
	Ask        bool        // Outgoing: challenged. Time alone ends it with a no, where otherwise it ends with a yes
	By         Credential  // which asked for it; 0 for the operator. It ends when that one is shut
	Budget     Budget      // HigherBudget: the one to come, of Credential or, where that is 0, of the account
}

// MatterOpened says that something waits.
type MatterOpened struct {
	ID     MatterID
	Matter Matter
}

// MatterClosed says how a wait ended. What then comes of it is said by events of its own. Whoever only hears of events need
// not remember what was open to know whom it concerns.
type MatterClosed struct {
	ID      MatterID
	End     MatterEnd
	Kind    MatterKind // as it was opened
	Account Account    // likewise
}

// MatterPostponed says that a withdrawal whose wait is over stays all the same, while withdrawals like it are dropped.
type MatterPostponed struct {
	ID  MatterID
	Due Time // when it is looked at again, by the clock of waits
}

// MatterKind is what waits: append-only.
type MatterKind uint8

const (
	Widening     MatterKind = 1 // of a mandate
	NewAddress   MatterKind = 2 // in an address book
	ShorterWait  MatterKind = 3
	Outgoing     MatterKind = 4 // a withdrawal that was challenged or held
	HigherBudget MatterKind = 5 // a loss budget
)

// MatterEnd is how a wait ended: append-only.
type MatterEnd uint8

const (
	ByTime      MatterEnd = 1 // it was over, and what waited came true
	ByYes       MatterEnd = 2
	ByNo        MatterEnd = 3
	BySilence   MatterEnd = 4 // nobody answered a challenge in time: nothing came of it
	BySuccessor MatterEnd = 5 // another of its kind took its place
	ByVanishing MatterEnd = 6 // what it concerned is gone, such as a deleted key
	ByDisowning MatterEnd = 7 // the credential that asked for it was deleted, put into quarantine, or may no longer ask for it
)

// QuarantineCause is why a credential is in quarantine: append-only.
type QuarantineCause uint8

const (
	QuarantinedByWord  QuarantineCause = 1 // the owner's or the operator's
	QuarantinedByAlarm QuarantineCause = 2 // it was used where deleted keys of others are
	QuarantinedByRule  QuarantineCause = 3 // a detection rule fired on what it did
)

var (
	matterNames     = names{"", "WIDENING", "NEW_ADDRESS", "SHORTER_WAIT", "OUTGOING", "HIGHER_BUDGET"}
	matterEndNames  = names{"", "TIME", "YES", "NO", "SILENCE", "SUCCESSOR", "GONE", "DISOWNED"}
	quarantineNames = names{"", "WORD", "ALARM", "RULE"}
)

func (k MatterKind) String() string                    { return matterNames.text(int(k)) }
func (k MatterKind) MarshalText() ([]byte, error)      { return []byte(k.String()), nil }
func (e MatterEnd) String() string                     { return matterEndNames.text(int(e)) }
func (e MatterEnd) MarshalText() ([]byte, error)       { return []byte(e.String()), nil }
func (q QuarantineCause) String() string               { return quarantineNames.text(int(q)) }
func (q QuarantineCause) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

func (*ChangeMandate) Kind() Kind { return KindChangeMandate }
func (*RenewKey) Kind() Kind      { return KindRenewKey }
func (*QuarantineKey) Kind() Kind { return KindQuarantineKey }
func (*RestoreKey) Kind() Kind    { return KindRestoreKey }
func (*LockAccount) Kind() Kind   { return KindLockAccount }
func (*UnlockAccount) Kind() Kind { return KindUnlockAccount }
func (*SetWait) Kind() Kind       { return KindSetWait }
func (*AddAddress) Kind() Kind    { return KindAddAddress }
func (*RemoveAddress) Kind() Kind { return KindRemoveAddress }
func (*Answer) Kind() Kind        { return KindAnswer }

func (*MandateSet) EventKind() EventKind      { return KindMandateSet }
func (*KeyRenewed) EventKind() EventKind      { return KindKeyRenewed }
func (*KeyAging) EventKind() EventKind        { return KindKeyAging }
func (*KeyQuarantined) EventKind() EventKind  { return KindKeyQuarantined }
func (*KeyRestored) EventKind() EventKind     { return KindKeyRestored }
func (*KeySwept) EventKind() EventKind        { return KindKeySwept }
func (*AccountLocked) EventKind() EventKind   { return KindAccountLocked }
func (*AccountUnlocked) EventKind() EventKind { return KindAccountUnlocked }
func (*WaitSet) EventKind() EventKind         { return KindWaitSet }
func (*AddressAdded) EventKind() EventKind    { return KindAddressAdded }
func (*AddressRemoved) EventKind() EventKind  { return KindAddressRemoved }
func (*MatterOpened) EventKind() EventKind    { return KindMatterOpened }
func (*MatterClosed) EventKind() EventKind    { return KindMatterClosed }
func (*MatterPostponed) EventKind() EventKind { return KindMatterPostponed }

// Fields is the persisted layout.
func (d *Destination) Fields(c *Codec) {
	c.Text(&d.Chain)
	c.Text(&d.Address)
	c.Text(&d.Tag)
}

// caps is a list of caps.
func (c *Codec) caps(p *[]Cap) {
	n := c.Count(len(*p), MaxCaps)
	if c.Reading() {
		*p = sized[Cap](n)
	}
	for i := range *p {
		x := &(*p)[i]
		Num16(c, &x.Asset)
		c.amount(&x.PerOrder)
		c.amount(&x.PerDay)
	}
}

func (i *ChangeMandate) fields(c *Codec) {
	Num32(c, &i.Credential)
	i.Mandate.Fields(c)
}

func (i *RenewKey) fields(c *Codec)      { Num32(c, &i.Credential) }
func (i *QuarantineKey) fields(c *Codec) { Num32(c, &i.Credential) }
func (i *RestoreKey) fields(c *Codec)    { Num32(c, &i.Credential) }

func (i *LockAccount) fields(c *Codec) {
	Num32(c, &i.Account)
	c.Text(&i.Reason)
}

func (i *UnlockAccount) fields(c *Codec) { Num32(c, &i.Account) }

func (i *SetWait) fields(c *Codec) {
	Num32(c, &i.Account)
	Num64(c, &i.Wait)
}

func (i *AddAddress) fields(c *Codec) {
	Num32(c, &i.Account)
	Num16(c, &i.Asset)
	i.To.Fields(c)
	c.Text(&i.Label)
}

func (i *RemoveAddress) fields(c *Codec) {
	Num32(c, &i.Account)
	Num16(c, &i.Asset)
	i.To.Fields(c)
}

func (i *Answer) fields(c *Codec) {
	Num64(c, &i.Matter)
	c.Bool(&i.Yes)
}

func (e *MandateSet) fields(c *Codec) {
	Num32(c, &e.Credential)
	e.Mandate.Fields(c)
}

func (e *KeyRenewed) fields(c *Codec) { Num32(c, &e.Credential) }

func (e *KeyAging) fields(c *Codec) {
	Num32(c, &e.Credential)
	Num16(c, &e.Days)
}

func (e *KeyQuarantined) fields(c *Codec) {
	Num32(c, &e.Credential)
	enum(c, &e.Cause, QuarantinedByRule)
	Num32(c, &e.Incident)
}

func (e *KeyRestored) fields(c *Codec) { Num32(c, &e.Credential) }

func (e *KeySwept) fields(c *Codec) {
	Num32(c, &e.Credential)
	Num16(c, &e.Market)
}

func (e *AccountLocked) fields(c *Codec) {
	Num32(c, &e.Account)
	c.Text(&e.Reason)
}

func (e *AccountUnlocked) fields(c *Codec) { Num32(c, &e.Account) }

func (e *WaitSet) fields(c *Codec) {
	Num32(c, &e.Account)
	Num64(c, &e.Wait)
}

func (e *AddressAdded) fields(c *Codec) {
	Num32(c, &e.Account)
	Num16(c, &e.Asset)
	e.To.Fields(c)
	c.Text(&e.Label)
}

func (e *AddressRemoved) fields(c *Codec) {
	Num32(c, &e.Account)
	Num16(c, &e.Asset)
	e.To.Fields(c)
}

// Fields is the persisted layout.
func (m *Matter) Fields(c *Codec) {
	enum(c, &m.Kind, HigherBudget)
	Num32(c, &m.Account)
	Num64(c, &m.Due)
	Num32(c, &m.Credential)
	m.Mandate.Fields(c)
	Num16(c, &m.Asset)
	m.To.Fields(c)
	c.Text(&m.Label)
	Num64(c, &m.Wait)
	Num64(c, &m.Payout)
	c.Bool(&m.Ask)
	Num32(c, &m.By)
	m.Budget.Fields(c)
}

func (e *MatterOpened) fields(c *Codec) {
	Num64(c, &e.ID)
	e.Matter.Fields(c)
}

func (e *MatterClosed) fields(c *Codec) {
	Num64(c, &e.ID)
	enum(c, &e.End, ByDisowning)
	enum(c, &e.Kind, HigherBudget)
	Num32(c, &e.Account)
}

func (e *MatterPostponed) fields(c *Codec) {
	Num64(c, &e.ID)
	Num64(c, &e.Due)
}
