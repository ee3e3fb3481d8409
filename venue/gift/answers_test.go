package gift

import (
	"net/http"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// Answered is a request of the JSON API, and what came back.
type Answered struct {
	Method, Path, Asked string
	Status              int
	Type, Body          string
}

// Answers asks every request of the JSON API rightly and in wrong ways. It is for the test that holds them against their description.
func Answers(t testing.TB) (list []Answered) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5", Message: "hello"})[0]
	still := h.issue(Order{Asset: "USDT", Amount: "1"})[0]
	ask := func(method, path, pattern, kind, body string) answer {
		a := h.send(method, path, kind, body, nil)
		list = append(list, Answered{method, pattern, body, a.status, a.header.Get("Content-Type"), a.body})
		return a
	}
	post := func(what, body string) answer {
		path := "/gift/v1/" + what
		return ask("POST", path, path, "application/json", body)
	}
	for _, what := range []string{"check", "claim"} {
		post(what, "")
		post(what, `{"code":"nonsense"}`)
		post(what, `{"code":"`+NewCode().Reveal()+`"}`)
		post(what, `{"code":"`+strings.Repeat("A", maxBody)+`"}`)
		ask("POST", "/gift/v1/"+what, "/gift/v1/"+what, "text/plain", "{}")
		post(what, `{"code":"`+still+`"}`)
	}
	post("check", `{"code":"`+code+`"}`)
	post("claim", `{"code":"`+code+`","address":"ltc1"}`)
	a := post("claim", `{"code":"`+code+`","address":"bc1qtaker"}`)
	const payouts = "/gift/v1/payouts/"
	ask("GET", payouts+into[Payout](t, a).Receipt, payouts+"{receipt}", "", "")
	ask("GET", payouts+"nonsense", payouts+"{receipt}", "", "")
	for _, status := range []int{http.StatusTooManyRequests, http.StatusTeapot} {
		h.full = status
		post("check", "{}")
		post("claim", "{}")
		ask("GET", payouts+"nonsense", payouts+"{receipt}", "", "")
	}
	h.full = 0
	other := h.issue(Order{Amount: "0.5"})[0]
	h.operator(&instruction.Drop{Class: instruction.DropClaims})
	post("claim", `{"code":"`+other+`","address":"bc1qtaker"}`)
	h.engine.Close()
	post("claim", `{"code":"`+other+`","address":"bc1qtaker"}`)
	post("check", `{"code":"`+other+`"}`)
	return list
}
