package venue

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"portcullis/core/gate"
)

// maxHops bounds how many addresses of a forwarding header are looked at.
const maxHops = 32

// ClientAddr is the client's network address: the peer of the connection, unless that is a listed proxy. Then it is the
// last address in X-Forwarded-For that is no listed proxy's: what stands before it was written by strangers. Where that
// header is malformed the proxy's own address stays, which is on no key's list.
func ClientAddr(r *http.Request, proxies []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap().WithZone("")
	if len(proxies) == 0 || !gate.Within(proxies, addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	hops = hops[max(0, len(hops)-maxHops):]
	for _, text := range slices.Backward(hops) {
		hop, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return addr
		}
		hop = hop.Unmap().WithZone("")
		if !gate.Within(proxies, hop) {
			return hop
		}
	}
	return addr
}
