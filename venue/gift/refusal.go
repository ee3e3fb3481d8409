package gift

import (
	"context"
	"errors"
	"net/http"

	"portcullis/core/instruction"
	"portcullis/engine"
)

// refusal is a failure with the HTTP status that it goes out with.
type refusal struct {
	Failure
	status int
	wait   int64 // seconds until it is worth trying again; 0 where nothing is said
	missed bool  // the code cannot be claimed, and that was counted
}

// sentences are what is wrong before the gate sees a claim, and why there may be no record. Reasons of the gate come besides.
var sentences = map[string]string{
	"malformed-code":     "This is no gift code.",
	"malformed-request":  "The body is a JSON object with the members that are described at /openapi.json, sent as application/json.",
	"too-long":           "The body is too long.",
	"unknown-code":       "This code cannot be claimed. Check each character; it may also have been claimed, have expired or have been taken back. Ask who gave it to you.",
	"wrong-address":      "Nothing can be sent to this address.",
	"not-outside":        "This code cannot be claimed to an address outside. An account of this venue can have it.",
	"unknown-receipt":    "There is no such receipt.",
	"too-many-requests":  "Too many requests from this address or network. Try again after the seconds that Retry-After names.",
	"no-such-path":       "There is no such path.",
	"method-not-allowed": "This path takes another method; the header Allow names it.",
	"other-site":         "Another site sent this. Claim the code on the venue's own page.",
	"busy":               "The venue has too much to do at this moment. Nothing was claimed; try again in a second.",
	"disk-full":          "The venue's disk is full. Nothing was claimed; try again later.",
	"stopped":            "The venue is stopping, or has stopped. Nothing was claimed; try again later.",
	"outcome-unknown":    "It is not known whether the code was claimed. Claim it again for the same address: it is paid once.",
	"internal":           "Something went wrong in the venue. Claim again for the same address: it is paid once.",
}

func refuse(status int, code string) *refusal {
	return &refusal{Failure: Failure{code, sentences[code]}, status: status}
}

// say is a refusal with a sentence of its own.
func say(status int, code, message string) *refusal {
	return &refusal{Failure: Failure{code, message}, status: status}
}

// tooMany has its asker wait.
func tooMany(seconds int64) *refusal {
	no := refuse(http.StatusTooManyRequests, "too-many-requests")
	no.wait = seconds
	return no
}

// unknown is the one answer to every code that cannot be claimed.
func unknown() *refusal { return refuse(http.StatusNotFound, "unknown-code") }

// because is the refusal of what the gate or the core says no to.
func because(r instruction.Reason) *refusal {
	switch r {
	case instruction.UnknownCode:
		return unknown()
	case instruction.TooManyClaims:
		no := say(http.StatusTooManyRequests, r.String(), r.Sentence())
		no.wait = int64(span / instruction.Second)
		return no
	case instruction.ClaimsDropped:
		return say(http.StatusServiceUnavailable, r.String(), r.Sentence())
	case instruction.WithdrawTooSmall: // the gate's own sentence is for who withdraws from an account
		return say(http.StatusUnprocessableEntity, r.String(), "The code is worth less than the least that is sent to an address outside. An account of this venue can have it.")
	case instruction.MalformedAddress:
		return refuse(http.StatusUnprocessableEntity, "wrong-address")
	}
	return say(http.StatusUnprocessableEntity, r.String(), r.Sentence())
}

// silent is the refusal where there is no record, or no state to read.
func (s *Server) silent(err error) *refusal {
	for _, x := range []struct {
		err    error
		status int
		code   string
	}{
		{engine.ErrUnknown, http.StatusBadGateway, "outcome-unknown"},
		{engine.ErrBusy, http.StatusServiceUnavailable, "busy"},
		{context.Canceled, http.StatusServiceUnavailable, "busy"}, // it went away before its turn came
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "busy"},
		{engine.ErrFull, http.StatusServiceUnavailable, "disk-full"},
		{engine.ErrStopped, http.StatusServiceUnavailable, "stopped"},
	} {
		if errors.Is(err, x.err) {
			return refuse(x.status, x.code)
		}
	}
	s.cfg.Log.Error("gift codes: the engine gave no answer", "err", err)
	return refuse(http.StatusInternalServerError, "internal")
}
