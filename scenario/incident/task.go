package incident

// task is something that somebody is going to do.
type task struct {
	kind taskKind
	who  int    // the number of a customer, or of a call; by kind
	what uint64 // a matter, a payout; by kind
}

type taskKind uint8

const (
	makerTurn    taskKind = iota + 1 // a maker refreshes an order
	crowdTurn                        // one of the honest customers does something
	rotation                         // customer who replaces his key
	leftover                         // customer who: a program of his goes on with the key that he deleted
	relocation                       // customer who gets another network
	theftCall                        // the thief's call number who
	stranger                         // the other thief's call number who
	settlement                       // payout what has arrived
	ownerAnswer                      // customer who answers matter what, about which he got a notice
	operatorNo                       // the operator stops matter what for customer who
	cleanup                          // customer who deletes the key that was quarantined
	response                         // the operator shuts the keys at risk
	falseClosing                     // the operator closes incident what, which customers' own programs had caused
)
