package operator

import (
	"net/http"
	"testing"
)

// commandPaths are all commands that read something.
var commandPaths = []string{AssetAdd.path, MarketAdd.path, MarketSet.path, AccountCreate.path, AccountCredit.path, AccountShow.path,
	AccountList.path, KeyCreate.path, KeyList.path, KeyRevoke.path, KeyChange.path, KeyRenew.path, KeyImport.path}

// FuzzCommand gives a running venue any JSON as any command. Each is carried out, or refused with a code and a sentence; none
// is answered as a fault of the venue, and the venue goes on.
func FuzzCommand(f *testing.F) {
	for i, body := range []string{
		`{"symbol":"BTC","scale":8}`,
		`{"base":"BTC","quote":"USDT","tick":"0.01","min_price":"0.01","max_price":"1000000","lot":"0.00001","max_qty":"9000","min_notional":"5"}`,
		`{"market":"BTCUSDT","state":"halted"}`, `{"ref":"a customer"}`, `{"account":2,"asset":"BTC","amount":"1.5"}`, `{"account":2}`, `{}`,
		`{"account":2,"scheme":"hmac","rights":"read,trade","networks":["10.0.0.0/8"],"expires":"2030-01-01T00:00:00Z"}`, `{"account":2}`, `{"key":1}`,
		`{"key":1,"rights":["read"],"trades":[{"asset":"BTC","per_day":"5"}]}`, `{"key":1}`,
		`{"keys":[{"line":2,"account":2,"api_key":"x","secret":"y","created":"2017-01-31"}]}`,
	} {
		f.Add(uint8(i), body)
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		h.t = t
		status, out := h.post("POST", commandPaths[int(which)%len(commandPaths)], body)
		switch {
		case status >= http.StatusInternalServerError:
			t.Fatalf("%d: %+v", status, out)
		case status != http.StatusOK && (out.Refusal == nil || out.Refusal.Code == "" || out.Refusal.Sentence == ""):
			t.Fatalf("%d without a word: %+v", status, out)
		}
	})
}
