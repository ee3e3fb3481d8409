// Package bad breaks the law on every marked line, and on no other.
package bad

import (
	"crypto/ed25519"
	"crypto/rand" // want imports crypto/rand
	"fmt"
	"maps" // want imports maps
	"math"
	"os"   // want imports os
	"sync" // want imports sync
	"time"

	_ "portcullis/core/good"
	_ "portcullis/venue" // want imports portcullis/venue
)

type order struct {
	price float64 // want has a float64
	lock  sync.Mutex
}

type share float32 // want has a float32

type cube = complex128 // want has a complex128

const tenth = 0.1 // want has a untyped float

const scale = 1e8 // want has a untyped float

var born = time.Now() // want uses time.Now

var clock = time.Since // want uses time.Since

var zone = time.Local // want uses time.Local

type feed chan int // want has a channel

func flows(m map[string]int, named book) {
	go flows(nil, nil)    // want starts a goroutine
	for k, v := range m { // want ranges over a map
		fmt.Println(k, v) // want uses fmt.Println
	}
	for range named { // want ranges over a map
	}
	select {} // want selects
}

type book map[int]order

func generic[M ~map[K]V, K comparable, V any](m M) {
	for range m { // want ranges over a map
	}
}

func numbers(n int64) int64 {
	x := 2.5                    // want has a
	return n + int64(x*math.Pi) // want has a
}

func root(n int64) int64 { return int64(math.Sqrt(float64(n))) } // want has a float64

func keys() {
	ed25519.GenerateKey(rand.Reader) // want uses ed25519.GenerateKey
	println(os.Args)                 // want prints
	_ = maps.Keys[map[int]int]
}
