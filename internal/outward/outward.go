// Package outward reaches addresses outside that an operator named: where notices go, and where prices come from.
//
// It owns the rule of what such an address may be, https, or http to this machine itself, and a client that holds to it: one
// that follows no redirect, goes by no proxy that the environment names, unpacks nothing and bounds what it waits for. It
// refuses addresses with a user, a password or a fragment, none of which is sent. What is said to whom is its callers'.
package outward

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const (
	// Patience is how long a connection may take, and its handshake.
	Patience = 5 * time.Second
	// maxHeader bounds the headers of an answer, in bytes.
	maxHeader = 16 << 10
)

// Address reads an address. What says what goes or comes over it, as in "prices come", for the error.
func Address(text, what string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("that is no address: write https://HOST/PATH")
	case u.User != nil || u.Fragment != "":
		return nil, errors.New("the address has a user, a password or a fragment in it, none of which is sent: leave them out")
	case u.Scheme == "http" && !own(u.Hostname()):
		return nil, fmt.Errorf("%s over https, and over http within this machine only (127.0.0.1, ::1): anybody on the way could change them", what)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s over https, not over %q", what, u.Scheme)
	}
	return u, nil
}

// own says that a host is this machine.
func own(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// Client is made for one address.
func Client(u *url.URL) *http.Client {
	d := net.Dialer{Timeout: Patience}
	if u.Scheme == "http" {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			if a, err := netip.ParseAddrPort(address); err != nil || !a.Addr().Unmap().IsLoopback() {
				return errors.New("not on this machine")
			}
			return nil
		}
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: d.DialContext, TLSHandshakeTimeout: Patience, MaxResponseHeaderBytes: maxHeader,
			DisableCompression: true, MaxConnsPerHost: 1, MaxIdleConns: 1, IdleConnTimeout: time.Minute,
		},
	}
}
