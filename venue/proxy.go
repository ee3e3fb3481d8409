package venue

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"portcullis/core/gate"
)

const (
	// proxyWait is how long a proxy may take to say for whom it connects.
	proxyWait = 5 * time.Second
	// maxProxyLine is the longest header of version 1, by its specification; maxProxyBlock bounds that of version 2.
	maxProxyLine  = 107
	maxProxyBlock = 4 << 10
)

// proxySignature begins every header of version 2.
var proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")

var errProxyHeader = errors.New("venue: malformed PROXY protocol header")

// ProxyListener accepts connections. Where one comes from a listed proxy and begins with a PROXY protocol header, version 1
// or 2, its remote address is the one in the header; everything else is passed on as it is. A header that is malformed
// breaks the connection off.
func ProxyListener(l net.Listener, proxies []netip.Prefix) net.Listener {
	return &proxyListener{l, proxies}
}

type proxyListener struct {
	net.Listener
	proxies []netip.Prefix
}

func (l *proxyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || len(l.proxies) == 0 || !gate.Within(l.proxies, peer.Addr().Unmap()) {
		return c, nil
	}
	return &proxied{Conn: c, in: bufio.NewReaderSize(c, maxProxyBlock)}, nil
}

// proxied reads its header when something is first asked of it, on the goroutine that serves the connection, so that a slow
// proxy keeps nobody else waiting.
type proxied struct {
	net.Conn
	in     *bufio.Reader
	once   sync.Once
	client net.Addr // nil: the proxy speaks for itself
	err    error
}

// NetConn is the connection to the proxy.
func (p *proxied) NetConn() net.Conn { return p.Conn }

func (p *proxied) header() {
	p.once.Do(func() {
		if p.err = p.SetReadDeadline(time.Now().Add(proxyWait)); p.err != nil {
			return
		}
		p.client, p.err = readProxyHeader(p.in)
		if p.err != nil {
			p.Close()
			return
		}
		p.err = p.SetReadDeadline(time.Time{})
	})
}

func (p *proxied) Read(b []byte) (int, error) {
	p.header()
	if p.err != nil {
		return 0, p.err
	}
	return p.in.Read(b)
}

func (p *proxied) RemoteAddr() net.Addr {
	p.header()
	if p.client != nil {
		return p.client
	}
	return p.Conn.RemoteAddr()
}

// readProxyHeader reads a header, if there is one, and nothing beyond it. The address is nil where the proxy speaks for
// itself. What else clients begin with, a request or a TLS handshake, is longer than the signature.
func readProxyHeader(r *bufio.Reader) (net.Addr, error) {
	begin, err := r.Peek(len(proxySignature))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errProxyHeader, err)
	case bytes.Equal(begin, proxySignature):
		return readProxyBlock(r)
	case bytes.HasPrefix(begin, []byte("PROXY ")):
		return readProxyLine(r)
	}
	return nil, nil
}

// readProxyLine reads version 1: "PROXY TCP4 client proxy port port\r\n", or "PROXY UNKNOWN…\r\n".
func readProxyLine(r *bufio.Reader) (net.Addr, error) {
	var line []byte
	for len(line) < maxProxyLine && !bytes.HasSuffix(line, []byte("\r\n")) {
		b, err := r.ReadByte()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errProxyHeader, err)
		}
		line = append(line, b)
	}
	text, whole := strings.CutSuffix(string(line), "\r\n")
	words := strings.Split(text, " ")
	switch {
	case !whole:
		return nil, errProxyHeader
	case words[1] == "UNKNOWN":
		return nil, nil
	case len(words) != 6 || words[1] != "TCP4" && words[1] != "TCP6":
		return nil, errProxyHeader
	}
	host, err := netip.ParseAddr(words[2])
	if err != nil || host.Is4() != (words[1] == "TCP4") || host.Zone() != "" {
		return nil, errProxyHeader
	}
	client, err := netip.ParseAddrPort(net.JoinHostPort(words[2], words[4]))
	if err != nil {
		return nil, errProxyHeader
	}
	return net.TCPAddrFromAddrPort(client), nil
}

// readProxyBlock reads version 2: the signature, version and command, family, length, addresses, and extensions, which
// are skipped.
func readProxyBlock(r *bufio.Reader) (net.Addr, error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", errProxyHeader, err)
	}
	size := int(binary.BigEndian.Uint16(head[14:]))
	if head[12]>>4 != 2 || head[12]&15 > 1 || size > maxProxyBlock {
		return nil, errProxyHeader
	}
	rest := make([]byte, size)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, fmt.Errorf("%w: %w", errProxyHeader, err)
	}
	if head[12]&15 == 0 { // LOCAL: the proxy's own, such as a health check
		return nil, nil
	}
	switch family := head[13]; {
	case family == 0x11 && size >= 12: // TCP over IPv4
		a := netip.AddrFrom4([4]byte(rest[:4]))
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, binary.BigEndian.Uint16(rest[8:]))), nil
	case family == 0x21 && size >= 36: // TCP over IPv6
		a := netip.AddrFrom16([16]byte(rest[:16]))
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, binary.BigEndian.Uint16(rest[32:]))), nil
	}
	return nil, errProxyHeader
}
