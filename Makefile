# Everything is a Go program; this file only names the ways in.

.PHONY: run build test soak

# The binary itself, not go run: that ends in an error at every Ctrl-C.
run: build
	@bin/portcullis run

build:
	go build -trimpath -o bin/portcullis ./cmd/portcullis

# Lint, race detector, tests, fuzz smoke. PKG narrows it: make test PKG=./core/...
test:
	go run ./tools/testrun $(PKG)

# The same at depth: longer runs and longer fuzzing. Takes hours.
soak:
	PORTCULLIS_DEPTH=soak go run ./tools/testrun $(PKG)
