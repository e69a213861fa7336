//go:build race

package e2e

const raceEnabled = true

// feedLag is by how many versions a subscriber of TestFeed lags.
const feedLag = 20_000
