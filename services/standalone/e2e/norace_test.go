//go:build !race

package e2e

const raceEnabled = false

// feedLag is by how many versions a subscriber of TestFeed lags.
const feedLag = 100_000
