package venue

import (
	"errors"
	"net/http/httptest"
	"testing"

	"portcullis/core/instruction"
	"portcullis/venue/fair"
)

// TestOwnerTurn: who has filled an account's line with a stolen key does not keep its owner from being heard, and heard next.
func TestOwnerTurn(t *testing.T) {
	h := newHouse(t)
	h.venue.turns = fair.New[line](fair.Config{Inside: 1, Waiting: 64, Patience: within})
	turns := h.venue.turns
	if err := turns.Enter(t.Context(), line{account: h.bob}, fair.Plain); err != nil {
		t.Fatal(err)
	}
	order := make(chan string, 16)
	flood, waiting := 0, 0
	for ; ; flood++ { // urgent ones, as cancels are
		went := make(chan error, 1)
		go func() {
			err := turns.Enter(t.Context(), line{account: h.alice}, fair.Urgent)
			if err == nil {
				order <- "thief"
			}
			went <- err
		}()
		until(t, "it waits or is refused", func() bool { c := turns.Counts(); return c.Waiting > waiting || c.Full > 0 })
		if turns.Counts().Full > 0 {
			if err := <-went; !errors.Is(err, fair.ErrFull) {
				t.Fatal(err)
			}
			break
		}
		waiting++
	}
	heard := make(chan error, 1)
	go func() {
		leave, err := h.venue.OwnerTurn(t.Context(), h.alice)
		if err == nil {
			order <- "owner"
			leave()
		}
		heard <- err
	}()
	until(t, "the owner waits", func() bool { return turns.Counts().Waiting == waiting+1 })
	thieves := 0
	for turns.Leave(); <-order != "owner"; turns.Leave() { // Bob leaves, then one after the other of those whom that lets in
		thieves++
	}
	if err := <-heard; err != nil || flood < 3 || thieves > 1 {
		t.Errorf("the owner: %v, after %d of the flood of %d", err, thieves, flood)
	}
	for turns.Counts().Inside > 0 {
		turns.Leave()
	}
}

// TestWeigh: what stands beside the API weighs on the same minute of its address.
func TestWeigh(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.WeightMinute = 10 })
	r := httptest.NewRequest("GET", "/owner/v1/keys", nil)
	if a, client := h.venue.Client(r); a.String() != "192.0.2.1" || client == 0 {
		t.Errorf("%v %d", a, client)
	}
	for i, want := range []int{0, 0, 429} {
		if status, wait := h.venue.Weigh(r, 5); status != want || (wait > 0) != (want != 0) {
			t.Errorf("request %d: %d, %d", i, status, wait)
		}
	}
	h.clock.Add(60 * instruction.Second)
	if status, _ := h.venue.Weigh(r, 5); status != 0 {
		t.Errorf("a minute later: %d", status)
	}
}
