package venue

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/internal/access"
)

// atDoor says that a request was refused because of who asks: the key, its right, or that it is not for keys.
func atDoor(code int) bool { return code == -2014 || code == -2015 || code == -1002 }

// TestWhoMay drives each request of the dialect, over HTTP and over the WebSocket API, without a key and with a key of each
// right and no other, and wants it to be let in as the table of access says.
func TestWhoMay(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.OpenAccount{Parent: h.alice}) // number 4
	h.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 1e8})
	keys, subs := map[access.Who]*testKey{}, map[access.Who]*testKey{}
	for who, rights := range map[access.Who]instruction.Rights{
		access.Reads: instruction.MayRead, access.Trades: instruction.MayTrade, access.Transfers: instruction.MayTransfer,
		access.Withdraws: instruction.MayWithdraw, access.Owner: instruction.MayOwn | instruction.MayRead,
	} {
		m := instruction.Mandate{Rights: rights, Networks: []netip.Prefix{loopback}}
		keys[who], subs[who] = h.key(h.alice, instruction.Ed25519, m), h.key(4, instruction.Ed25519, m)
	}
	h.gifted(h.legacy(h.alice))
	for i := range access.Requests {
		w := &access.Requests[i]
		method, path, _ := strings.Cut(w.Name, " ")
		params := good[w.Name]
		by := keys
		if strings.HasSuffix(path, "/subToMaster") {
			by = subs
		}
		check := func(how string, who, asks access.Who, code int) {
			want := asks&who != 0
			if let := !atDoor(code); let != want && !(want && code == -1020) {
				t.Errorf("%s%s %s by %v: code %d; the table says %v", w.Name, w.WS, how, who, code, asks)
			}
		}
		asks := w.May()
		if asks&(access.Reads|access.Names) != 0 {
			asks |= access.Owner // which reads too
		}
		if asks&access.Names != 0 {
			asks |= access.Reads
		}
		if notOffered[w.Name] { // nobody is let in
			continue
		}
		if asks&access.Names != 0 && method != "POST" {
			params = append(params, "listenKey="+h.listenKey(h.ed))
		}
		if asks&access.Anybody != 0 {
			if w.Name != "" {
				h.clock.Add(minute)
				check("over HTTP", access.Anybody, asks, h.send(method, path, strings.Join(params, "&"), "", "").code())
			}
			continue
		}
		if w.Name != "" {
			h.clock.Add(minute)
			if a := h.send(method, path, strings.Join(append(params, h.stamp()), "&"), "", ""); !atDoor(a.code()) {
				t.Errorf("%s without a key: %d %s", w.Name, a.status, a.body)
			}
			for who, k := range by {
				h.standing()
				check("over HTTP", who, asks, h.do(k, method, path, params...).code())
			}
		}
		if w.WS == "" || w.WS == "userDataStream.subscribe" { // which asks for a session; see TestUserData
			continue
		}
		for who, k := range by {
			h.clock.Add(minute)
			h.standing()
			s := h.dial("")
			s.ws.SetReadLimit(1 << 20)
			plain := []string{}
			for _, p := range params {
				p, _ = url.QueryUnescape(p)
				plain = append(plain, p)
			}
			var a wsAnswer
			if asks&access.Names != 0 {
				a = s.ask(w.WS, append(plain, "apiKey="+k.text)...)
			} else {
				a = s.signed(k, w.WS, plain...)
			}
			s.ws.CloseNow()
			check("over the WebSocket API", who, asks, a.code())
		}
	}
}
