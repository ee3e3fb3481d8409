package binance

import "sort"

// Bounds of the time in which a signed request is valid, in microseconds.
const (
	DefaultRecvWindow = 5_000_000
	MaxRecvWindow     = 60_000_000
	maxEarly          = 1_000_000

	// A timestamp from here on counts microseconds: in milliseconds it would be
	// the year 5138, and below it microseconds would be before 1973.
	microsFrom = 100_000_000_000_000
	maxMicros  = 1 << 62
)

// Signature is the signature parameter, percent-decoded (−1102 where none was
// sent). Hex or base64 is the key's matter.
func (p *Params) Signature() (string, *Error) {
	if p.sig < 0 || p.pairs[p.sig].value == "" {
		return "", ErrMandatory(signatureName)
	}
	return p.pairs[p.sig].value, nil
}

// AppendPayload writes what the client signed. For a form: the raw query and the
// raw body without a separator, the signature's segment and one '&' beside it
// left out, every other byte as sent. For JSON: name=value joined by '&', sorted
// by name, without the signature.
func (p *Params) AppendPayload(dst []byte) []byte {
	if p.json {
		return p.appendSorted(dst)
	}
	if p.sig < 0 {
		return append(append(dst, p.query...), p.body...)
	}
	if p.sigInBody {
		return p.appendWithout(append(dst, p.query...), p.body)
	}
	return append(p.appendWithout(dst, p.query), p.body...)
}

// appendWithout writes raw without the signature's segment: with the '&' after
// it where it is first, else with the '&' before it.
func (p *Params) appendWithout(dst []byte, raw string) []byte {
	from, to := p.sigFrom, p.sigTo
	if from > 0 {
		from--
	} else if to < len(raw) {
		to++
	}
	return append(append(dst, raw[:from]...), raw[to:]...)
}

func (p *Params) appendSorted(dst []byte) []byte {
	order := make([]int, 0, len(p.pairs))
	for i := range p.pairs {
		if i != p.sig {
			order = append(order, i)
		}
	}
	sort.Slice(order, func(a, b int) bool { return p.pairs[order[a]].name < p.pairs[order[b]].name })
	for n, i := range order {
		if n > 0 {
			dst = append(dst, '&')
		}
		dst = append(append(append(dst, p.pairs[i].name...), '='), p.pairs[i].value...)
	}
	return dst
}

// Timing is when a signed request is valid, in microseconds. It is checked when
// the request comes in and again when the engine takes it up.
type Timing struct {
	Timestamp  int64 // since the Unix epoch
	RecvWindow int64 // at most MaxRecvWindow
}

// Timing reads timestamp (milliseconds or microseconds) and recvWindow
// (milliseconds with up to three places).
func (p *Params) Timing() (Timing, *Error) {
	stamp, err := p.Int64("timestamp")
	if err != nil {
		return Timing{}, err
	}
	if stamp < microsFrom {
		stamp *= 1000
	}
	if stamp > maxMicros {
		return Timing{}, ErrOverflow("timestamp")
	}
	t := Timing{Timestamp: stamp, RecvWindow: DefaultRecvWindow}
	window, sent, err := p.OptDecimal("recvWindow")
	if err != nil || !sent {
		return t, err
	}
	t.RecvWindow, err = window.At("recvWindow", 3)
	if err == nil && t.RecvWindow > MaxRecvWindow {
		err = ErrRecvWindow()
	}
	return t, err
}

// Check holds t against the time now, in microseconds (−1021).
func (t Timing) Check(now int64) *Error {
	if t.Timestamp >= now+maxEarly {
		return ErrEarlyTimestamp()
	}
	if now-t.Timestamp > t.RecvWindow {
		return ErrStaleTimestamp()
	}
	return nil
}
