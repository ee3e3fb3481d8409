package operator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
)

// problem is why a command was not carried out, with the HTTP status that it goes out as.
type problem struct {
	status  int
	outcome Outcome
}

func refuse(code, sentence string) Outcome {
	return Outcome{Refusal: &Refusal{Code: code, Sentence: sentence}}
}

// wrong is the problem of a command that cannot be made an instruction.
func wrong(code, format string, args ...any) *problem {
	return &problem{http.StatusBadRequest, refuse(code, fmt.Sprintf(format, args...))}
}

// sentence makes a sentence of an error's text.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// What became of an instruction.
const (
	doneOutcome    = "DONE"
	refusedOutcome = "REFUSED"
)

// do gives an instruction, and reads the outcome off its durable record. then, where it is not nil, sees each event of a
// record that was carried out.
func (s *Server) do(c *caller, in instruction.Instruction, then func(instruction.Event)) (Outcome, *problem) {
	r, err := s.cfg.Engine.Do(&c.principal, in)
	if err != nil {
		return Outcome{}, s.failed(err)
	}
	out := Outcome{Seq: r.Seq, Time: text(r.Time), Outcome: doneOutcome, Verdict: r.Verdict.Decision.String()}
	var ev instruction.Events
	why := r.Refused(&ev)
	if r.Verdict.Decision != instruction.Allow {
		why = r.Verdict.Reason()
	}
	if why != 0 {
		out.Outcome = refusedOutcome
		if r.Verdict.Decision == instruction.Allow {
			out.Verdict = "" // the gate allowed it; nobody is to take that for success
		}
		out.Refusal = &Refusal{Code: why.String(), Sentence: why.Sentence()}
		return Outcome{}, &problem{http.StatusUnprocessableEntity, out}
	}
	if then != nil {
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			then(e)
		}
	}
	return out, nil
}

// failed is the problem of an engine that did not take the instruction up, or does not know what became of it.
func (s *Server) failed(err error) *problem {
	s.cfg.Log.Error("operator: the engine gave no record", "err", err)
	code, status := "internal", http.StatusInternalServerError
	switch {
	case errors.Is(err, instruction.ErrCodec):
		code, status = "malformed-command", http.StatusBadRequest
	case errors.Is(err, engine.ErrBusy):
		code, status = "busy", http.StatusServiceUnavailable
	case errors.Is(err, engine.ErrFull):
		code, status = "disk-full", http.StatusInsufficientStorage
	case errors.Is(err, engine.ErrStopped):
		code, status = "stopped", http.StatusServiceUnavailable
	case errors.Is(err, engine.ErrUnknown):
		code = "outcome-unknown"
	}
	return &problem{status, refuse(code, sentence(err))}
}

// read shows the durable state.
func (s *Server) read(fn func(*core.State)) *problem {
	if err := s.cfg.Engine.Read(fn); err != nil {
		return s.failed(err)
	}
	return nil
}

// text is a time as replies carry it.
func text(t instruction.Time) string {
	b, _ := t.MarshalText()
	return string(b)
}
