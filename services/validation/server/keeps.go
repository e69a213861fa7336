package server

import "github.com/rasoat/rasoat/services/internal/operator"

// Keeps tells what the service keeps, for a backup.
func (s *Server) Keeps() operator.Keeps {
	return operator.Keeps{Store: s.db, Collections: s.db.Names(), DriveID: s.drive.ID, DriveDigest: s.drive.Digest}
}
