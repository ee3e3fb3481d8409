package access_test

import (
	"bytes"
	"flag"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/internal/access"
	"portcullis/operator"
	"portcullis/venue"
	"portcullis/venue/gift"
	"portcullis/venue/owner"
)

var update = flag.Bool("update", false, "write docs/WHO-MAY.md anew")

// TestText: the committed table is what the code says.
func TestText(t *testing.T) {
	const path = "../../docs/WHO-MAY.md"
	want := access.Text()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil { // #nosec G306 -- a page of the repository
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the table says (%v): go test ./internal/access -update", path, err)
	}
}

// same wants two lists of names to be the same, and each name to be there once.
func same(t *testing.T, what string, table, real []string) {
	t.Helper()
	slices.Sort(table)
	slices.Sort(real)
	for i, name := range table {
		if i > 0 && table[i-1] == name {
			t.Errorf("%s: %s is in the table twice", what, name)
		}
		if !slices.Contains(real, name) {
			t.Errorf("%s: %s is in the table, and there is no such thing", what, name)
		}
	}
	for _, name := range real {
		if !slices.Contains(table, name) {
			t.Errorf("%s: %s is not in the table: say who may", what, name)
		}
	}
	if len(real) == 0 {
		t.Errorf("%s: nothing was found", what)
	}
}

func names(ways []access.Way) (list []string) {
	for _, w := range ways {
		list = append(list, w.Name)
	}
	return list
}

// TestWays: the table has every way in, and no other, by the registries that the edges serve from. What the daemon serves
// beside them is looked at where it runs.
func TestWays(t *testing.T) {
	var rest, ws, tableRest, tableWS []string
	for _, r := range binance.Routes() {
		if r.Path != "" {
			rest = append(rest, r.Method+" "+r.Path)
		}
		if r.WS != "" {
			ws = append(ws, r.WS)
		}
	}
	for _, w := range access.Requests {
		if w.Name != "" {
			tableRest = append(tableRest, w.Name)
		}
		if w.WS != "" {
			tableWS = append(tableWS, w.WS)
		}
	}
	same(t, "REST", tableRest, rest)
	same(t, "WebSocket API", tableWS, ws)
	var words []string
	for _, r := range owner.Routes() {
		words = append(words, r.Method+" "+r.Path)
		for _, w := range access.Words {
			if w.Name == r.Method+" "+r.Path && w.Kind != r.Kind {
				t.Errorf("%s becomes kind %d, and the table says %d", w.Name, r.Kind, w.Kind)
			}
		}
	}
	same(t, "owner's API", names(access.Words), words)
	var gifts []string
	for _, r := range gift.Routes() {
		gifts = append(gifts, r.Method+" "+r.Path)
		for _, w := range access.Gifts {
			if w.Name == r.Method+" "+r.Path && (w.Kind != 0) != r.Claims {
				t.Errorf("%s claims: %v, and the table says kind %d", w.Name, r.Claims, w.Kind)
			}
		}
	}
	same(t, "gift codes", names(access.Gifts), gifts)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	same(t, "operator's socket", names(access.Commands), operator.New(operator.Config{Log: log}).Commands())
	var served []string
	for _, p := range access.Pages {
		if !strings.HasPrefix(p.Name, "GET ") { // the daemon's own, and one of the owner's API
			served = append(served, p.Name)
		}
	}
	same(t, "venue's paths", served, venue.Paths())
}

// TestActs: the table has every kind of instruction, and says of each what the gate's own table says.
func TestActs(t *testing.T) {
	var table, real []string
	for _, a := range access.Acts {
		table = append(table, a.Name)
	}
	rights := map[instruction.Rights]access.Who{
		0: 0, instruction.MayRead: access.Reads, instruction.MayTrade: access.Trades, instruction.MayTransfer: access.Transfers, instruction.MayWithdraw: access.Withdraws, instruction.MayOwn: access.Owner,
	}
	for _, in := range instruction.Empty() {
		name := reflect.TypeOf(in).Elem().Name()
		real = append(real, name)
		a := access.ActOf(in.Kind())
		if a == nil {
			continue
		}
		w := gate.WhoMay(in)
		want := rights[w.Right]
		for _, x := range []struct {
			is  bool
			who access.Who
		}{{w.Engine, access.Engine}, {w.Venue, access.Venue}, {w.Operator, access.Operator}, {w.Wallet, access.Wallet}, {w.Bearer, access.Bearer}, {w.Owner, access.Owner}} {
			if x.is {
				want |= x.who
			}
		}
		if a.Name != name || a.Who != want || a.Class != w.Class || a.Stays != w.Cancels {
			t.Errorf("%s: the table says %+v, the gate %+v", name, *a, w)
		}
	}
	same(t, "instructions", table, real)
}
