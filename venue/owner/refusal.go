package owner

import (
	"context"
	"errors"
	"net/http"

	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/venue/fair"
)

// Failure is why a request came to nothing.
type Failure struct {
	Code    string `json:"code" about:"What is wrong; stable, for programs."`
	Message string `json:"message" about:"What is wrong, and what to do; in English, for people."`
	Page    string `json:"page" about:"Where more is said of it, as a path on this venue."`
}

// Error is the sentence and the code.
func (f Failure) Error() string { return f.Message + " (" + f.Code + ")" }

// refusal is a failure with the HTTP status that it goes out with.
type refusal struct {
	Failure
	status int
	wait   int64 // seconds until it is worth trying again; 0 where nothing is said
}

// sentences are what is wrong with a request before the gate sees it, and why there may be no record.
var sentences = map[string]string{
	"too-many-requests":  "Too many requests from this address. Try again after the seconds that Retry-After names; who goes on is shut out for longer.",
	"no-such-path":       "There is no such path. The paths are described at /owner/openapi.json.",
	"method-not-allowed": "This path takes another method; the header Allow names it.",
	"too-long":           "The body could not be read, or is longer than 65536 bytes.",
	"no-parameters":      "The request stands in the body: the path has no parameters and begins with /owner/v1/.",
	"key-missing":        "The header Portcullis-Key is there once and has the text of your owner's key, as the operator gave it to you.",
	"time-missing":       "The header Portcullis-Time is there once and has the time in milliseconds since 1970 UTC, digits only.",
	"signature-missing":  "The header Portcullis-Signature is there once and has the Base64 of an Ed25519 signature, 64 bytes.",
	"wrong-signature":    "The signature is not the key's over <time>\\n<METHOD> <path>\\n<body>, all as sent. Is it the private key that belongs to this API key?",
	"malformed-request":  "The body does not say what is to be done.",
	"busy":               "The venue has too much to do at this moment. Nothing was done; try again in a second.",
	"disk-full":          "The venue's disk is full. Nothing was done; try again later.",
	"stopped":            "The venue is stopping, or has stopped. Nothing was done; try again later.",
	"outcome-unknown":    "It is not known whether this was done. Look before you try again.",
	"internal":           "Something went wrong in the venue. Look before you try again.",
}

// own is a failure of this API's own.
func own(code string) Failure { return Failure{code, sentences[code], documentPath} }

func refuse(status int, code string) *refusal { return &refusal{Failure: own(code), status: status} }

// malformed says what is wrong with a body.
func malformed(sentence string) *refusal {
	no := refuse(http.StatusBadRequest, "malformed-request")
	no.Message = sentence
	return no
}

// Page is where a reason is explained.
func Page(r instruction.Reason) string { return "/docs/reasons/" + r.String() }

// statuses are the HTTP statuses of reasons; any other is 403 where the gate denied, and 422 where nothing came of it.
var statuses = map[instruction.Reason]int{
	instruction.UnknownCredential: http.StatusUnauthorized,
	instruction.DeletedCredential: http.StatusUnauthorized,
	instruction.RequestTooOld:     http.StatusUnauthorized,
	instruction.RequestTooEarly:   http.StatusUnauthorized,
	instruction.RequestSeen:       http.StatusUnauthorized,
	instruction.LossyWindow:       http.StatusServiceUnavailable,
	instruction.KeyNotYours:       http.StatusNotFound,
	instruction.UnknownMatter:     http.StatusNotFound,
	instruction.UnknownProceeds:   http.StatusNotFound,
	instruction.UnknownCode:       http.StatusNotFound,
}

// worded are the reasons whose sentences are in the words of another API, or for somebody else.
var worded = map[instruction.Reason]string{
	instruction.RequestTooOld:   "The request's time is more than 60 seconds back on the venue's clock. Set the clock of your machine right, and sign anew.",
	instruction.RequestTooEarly: "The request's time is more than a second ahead of the venue's clock. Set the clock of your machine right, and sign anew.",
	instruction.UnknownCode:     "None of your accounts issued a gift code of this number, or it was over so long ago that it is forgotten. GET /owner/v1/codes, or portcullis gift list, has their numbers.",
	instruction.CodeTaken:       "Nothing was issued: the account has issued codes under this name before. GET /owner/v1/codes, or portcullis gift list, shows them.",
}

// because is the refusal of what the gate denies. To who holds it a decoy looks like any deleted key.
func because(r instruction.Reason) *refusal {
	if r == instruction.CanaryCredential {
		r = instruction.DeletedCredential
	}
	status := statuses[r]
	if status == 0 {
		status = http.StatusForbidden
	}
	message := r.Sentence()
	if own := worded[r]; own != "" {
		message = own
	}
	return &refusal{Failure: Failure{r.String(), message, Page(r)}, status: status}
}

// nothing is the refusal of what the gate allowed, and nothing came of.
func nothing(r instruction.Reason) *refusal {
	no := because(r)
	if statuses[r] == 0 {
		no.status = http.StatusUnprocessableEntity
	}
	return no
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
		{fair.ErrFull, http.StatusServiceUnavailable, "busy"},
		{fair.ErrLate, http.StatusServiceUnavailable, "busy"},
		{context.Canceled, http.StatusServiceUnavailable, "busy"}, // it went away before its turn came
		{engine.ErrFull, http.StatusServiceUnavailable, "disk-full"},
		{engine.ErrStopped, http.StatusServiceUnavailable, "stopped"},
		{instruction.ErrCodec, http.StatusBadRequest, "malformed-request"},
	} {
		if errors.Is(err, x.err) {
			return refuse(x.status, x.code)
		}
	}
	s.cfg.Log.Error("the engine gave no answer", "err", err)
	return refuse(http.StatusInternalServerError, "internal")
}
