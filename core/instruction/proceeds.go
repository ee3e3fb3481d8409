package instruction

import "portcullis/core/money"

// ProceedsID counts what is held of what others gained from keys.
type ProceedsID uint32

// HoldProceeds holds, by the operator's word, what others gained from a credential, as an alarm does. Where all of that is held
// already and Keep is set, it is kept until the incident is closed.
type HoldProceeds struct {
	Credential Credential
	Incident   IncidentID // one that is open, to which what is held belongs; 0 for none
	Keep       bool       // until that is closed, however long it takes
}

// ReleaseProceeds ends a hold, by the operator's word.
type ReleaseProceeds struct {
	ID ProceedsID
}

// AppealProceeds says, by the word of its owner, why what is held should not be.
type AppealProceeds struct {
	ID   ProceedsID
	Text string // 1 to MaxAppeal bytes of printable text
}

const (
	// MaxAppeal is how long the text of an appeal is at most, in bytes.
	MaxAppeal = 500
	// MaxAppeals is how often one hold can be appealed against.
	MaxAppeals = 3
	// ProceedsSpan is how long proceeds are held, by the clock of waits.
	ProceedsSpan = 3 * Day
)

// ProceedsHeld says that somebody gained from a credential, and what of that is held. The first event of an ID says what was
// gained; each one, that first included, what is held for it from now on. What is not covered yet is missing, and is held once
// it is found.
type ProceedsHeld struct {
	ID         ProceedsID
	Account    Account // whose balance Amount was taken from; of the first event perhaps the customer's, with nothing taken
	Asset      Asset
	Amount     money.Amount // from free to held; 0 where there was nothing
	Credential Credential   // from which it was gained
	Incident   IncidentID   // 0 for none
	Until      Time         // by the clock of waits
	Market     Market       // where it was gained
	Of         Asset        // what was gained
	Gain       money.Amount // how much of that
	Covers     money.Amount // how much of that Amount stands for
	Missing    money.Amount // what of Gain nothing stands for after this
	Indirect   bool         // not from the key itself: from those who followed the price that it made
}

// Opens says that it is the first event of its hold.
func (e *ProceedsHeld) Opens() bool { return e.Missing == e.Gain-e.Covers }

// ProceedsKept says that a hold lasts until an incident is closed.
type ProceedsKept struct {
	ID       ProceedsID
	Incident IncidentID
	Account  Account // the customer's, as in the next two
}

// ProceedsReleased says that a hold is over: all that was held for it is free again, in the accounts that it came from.
type ProceedsReleased struct {
	ID      ProceedsID
	End     ProceedsEnd
	Account Account
}

// ProceedsAppealed follows AppealProceeds.
type ProceedsAppealed struct {
	ID      ProceedsID
	Text    string
	Account Account
}

// ProceedsEnd is why a hold is over: append-only.
type ProceedsEnd uint8

const (
	ProceedsByTime     ProceedsEnd = 1
	ProceedsByIncident ProceedsEnd = 2 // which was closed
	ProceedsByOperator ProceedsEnd = 3
)

var proceedsEndNames = names{"", "TIME", "INCIDENT_CLOSED", "OPERATOR"}

func (x ProceedsEnd) String() string               { return proceedsEndNames.text(int(x)) }
func (x ProceedsEnd) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

func (*HoldProceeds) Kind() Kind    { return KindHoldProceeds }
func (*ReleaseProceeds) Kind() Kind { return KindReleaseProceeds }
func (*AppealProceeds) Kind() Kind  { return KindAppealProceeds }

func (*ProceedsHeld) EventKind() EventKind     { return KindProceedsHeld }
func (*ProceedsReleased) EventKind() EventKind { return KindProceedsReleased }
func (*ProceedsAppealed) EventKind() EventKind { return KindProceedsAppealed }
func (*ProceedsKept) EventKind() EventKind     { return KindProceedsKept }

func (i *HoldProceeds) fields(c *Codec) {
	Num32(c, &i.Credential)
	Num32(c, &i.Incident)
	c.Bool(&i.Keep)
}

func (i *ReleaseProceeds) fields(c *Codec) { Num32(c, &i.ID) }

func (i *AppealProceeds) fields(c *Codec) {
	Num32(c, &i.ID)
	c.Text(&i.Text)
}

func (e *ProceedsHeld) fields(c *Codec) {
	Num32(c, &e.ID)
	Num32(c, &e.Account)
	Num16(c, &e.Asset)
	c.amount(&e.Amount)
	Num32(c, &e.Credential)
	Num32(c, &e.Incident)
	Num64(c, &e.Until)
	Num16(c, &e.Market)
	Num16(c, &e.Of)
	c.amount(&e.Gain)
	c.amount(&e.Covers)
	c.amount(&e.Missing)
	c.Bool(&e.Indirect)
}

func (e *ProceedsKept) fields(c *Codec) {
	Num32(c, &e.ID)
	Num32(c, &e.Incident)
	Num32(c, &e.Account)
}

func (e *ProceedsReleased) fields(c *Codec) {
	Num32(c, &e.ID)
	enum(c, &e.End, ProceedsByOperator)
	Num32(c, &e.Account)
}

func (e *ProceedsAppealed) fields(c *Codec) {
	Num32(c, &e.ID)
	c.Text(&e.Text)
	Num32(c, &e.Account)
}
