package bench

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
)

// responses reads the answers on one kept connection, as far as a sender must: status, length, body.
type responses struct {
	r    *bufio.Reader
	body []byte
}

func newResponses(c net.Conn) *responses { return &responses{r: bufio.NewReaderSize(c, 8<<10)} }

var (
	lengthField  = []byte("content-length:")
	errResponse  = errors.New("bench: an answer that is not HTTP/1.1 with a length")
	maxBodyBytes = 1 << 20
)

// next is the next answer. The body is valid until the call after it.
func (x *responses) next() (status int, body []byte, err error) {
	first, err := x.r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(first) < 12 || !bytes.HasPrefix(first, []byte("HTTP/1.1 ")) {
		return 0, nil, errResponse
	}
	if status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return 0, nil, errResponse
	}
	length := -1
	for {
		field, err := x.r.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		field = bytes.TrimSpace(field)
		if len(field) == 0 {
			break
		}
		if len(field) > len(lengthField) && bytes.EqualFold(field[:len(lengthField)], lengthField) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(field[len(lengthField):]))); err != nil {
				return 0, nil, errResponse
			}
		}
	}
	if length < 0 || length > maxBodyBytes {
		return 0, nil, errResponse
	}
	if cap(x.body) < length {
		x.body = make([]byte, length)
	}
	x.body = x.body[:length]
	_, err = io.ReadFull(x.r, x.body)
	return status, x.body, err
}
