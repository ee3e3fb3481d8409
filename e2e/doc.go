// Package e2e tests the product as its users meet it: the built binary, its command line, HTTP, and real clients. The binary
// is built without the race detector, so under that these tests would say nothing new, and are left out.
package e2e
