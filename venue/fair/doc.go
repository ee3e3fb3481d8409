// Package fair shares a bounded room among those who want in, so that one of them cannot keep the others out.
//
// It owns a Queue: so many may be inside at a time, and who comes when the room is full waits in a line of its own key
// (an account, or an address). The lines take turns, one caller each, however long they are. Urgent callers go before
// plain ones, yet let one of these pass after every few, so that urgency cannot shut anyone out either.
//
// What it refuses: to let anybody wait where waiting would not help. A line may be as long as a part of the room that is
// left for waiting: the more is waiting already the less one line may add, and whoever has nobody waiting finds a place
// as long as there is any. The last quarter of the places is for urgent callers. Who is refused, or gives up, was never
// inside: nothing has happened.
//
// Beside it stands Pace, for what needs no room and yet costs something: the frames of one client.
//
// A Queue may be used by any number of goroutines; all its state is under one mutex, which is never held while waiting.
package fair
