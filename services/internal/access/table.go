package access

import (
	"slices"
	"strings"
)

// The services whose methods the table names.
const (
	intakes     = "/rasoat.intake.v1.IntakeService/"
	windows     = "/rasoat.intake.v1.WindowService/"
	validations = "/rasoat.validation.v1.ValidationService/"
	matchings   = "/rasoat.matching.v1.MatchingService/"
	reportings  = "/rasoat.reporting.v1.ReportingService/"
	approvals   = "/rasoat.reporting.v1.ApprovalService/"
	progresses  = "/rasoat.reporting.v1.ProgressService/"
	feeds       = "/rasoat.reporting.v1.FeedService/"
	operators   = "/rasoat.operator.v1.OperatorService/"
	deadLetters = "/rasoat.operator.v1.DeadLetterService/"
	diagnoses   = "/rasoat.operator.v1.DiagnosisService/"
	backups     = "/rasoat.operator.v1.BackupService/"
)

// table says of every method which roles may call it and on what scopes a request acts. There is no other place where rights are decided,
// and a method that is not here is refused to everybody.
var table = map[string]rule{
	intakes + "Submit":          {roles("portal school"), bySubmission},
	intakes + "SubmitStream":    {roles("portal school"), bySubmission},
	intakes + "GetSubmission":   {roles("portal school province ministry auditor"), bySchool},
	intakes + "ListSubmissions": {roles("portal school province ministry auditor"), bySchool},
	intakes + "SetSource":       {roles("school"), bySchool},
	intakes + "GetSources":      {roles("portal school province ministry auditor"), bySchool},
	intakes + "ListEvents":      {roles("portal school province ministry auditor service"), byScope},

	windows + "GetDrive":     {roles("portal school province ministry exam operator auditor"), byScope},
	windows + "ExtendWindow": {roles("ministry"), byScope},
	windows + "AskUnlock":    {roles("school province ministry"), byScope},
	windows + "DecideUnlock": {roles("province ministry"), byScope},
	windows + "ListUnlocks":  {roles("portal school province ministry auditor"), byScope},

	validations + "ListRules":  {roles("portal school province ministry exam operator auditor"), none},
	validations + "Check":      {roles("portal school province ministry auditor"), bySchool},
	validations + "ListEvents": {roles("portal school province ministry auditor service"), byScope},

	matchings + "ListReviews": {roles("portal school province ministry auditor"), byScope},
	matchings + "Settle":      {roles("province ministry"), byScope},
	matchings + "Recheck":     {roles("province ministry"), byScope},
	matchings + "GetQueue":    {roles("province ministry operator auditor"), none},
	matchings + "ListEvents":  {roles("portal school province ministry auditor service"), byScope},

	reportings + "GetProgress":          {roles("portal school province ministry exam operator auditor"), byScope},
	reportings + "ListPupils":           {roles("portal school province ministry auditor"), byScope},
	reportings + "ListRecords":          {roles("portal school province ministry auditor"), byScope},
	reportings + "Acknowledge":          {roles("school"), byScope},
	reportings + "ListAcknowledgements": {roles("school province ministry auditor"), byScope},

	approvals + "Declare":         {roles("school"), byScope},
	approvals + "Approve":         {roles("province ministry"), byScope},
	approvals + "Return":          {roles("province ministry"), byScope},
	approvals + "ListReturned":    {roles("portal school province ministry auditor"), byScope},
	approvals + "SettleClaim":     {roles("province ministry"), byScope},
	approvals + "DrawSample":      {roles("province ministry"), byScope},
	approvals + "RecordSample":    {roles("province ministry"), byScope},
	approvals + "GetAccuracy":     {roles("province ministry auditor"), byScope},
	approvals + "ListCorrectable": {roles("portal school province ministry auditor service"), byScope},

	progresses + "WatchProgress": {roles("portal school province ministry operator auditor"), byScope},
	progresses + "GetHistory":    {roles("province ministry operator auditor"), byScope},
	progresses + "GetForecast":   {roles("province ministry operator auditor"), byScope},
	progresses + "ListUrgent":    {roles("province ministry operator auditor"), byScope},
	progresses + "Remind":        {roles("province ministry"), byScope},
	progresses + "WatchOutcomes": {roles("portal school province ministry auditor"), byScopes},
	progresses + "Explain":       {roles("portal school province ministry auditor"), byScope},
	progresses + "Export":        {roles("school province ministry auditor"), byScope},

	feeds + "ListSubscribers": {roles("ministry exam operator auditor"), none},
	// Who answers for the feed, and who keeps the system running. Exam systems do not remove each other.
	feeds + "RemoveSubscriber": {roles("ministry operator"), nation},

	feeds + "ListHolders":   {roles("ministry exam auditor"), nation},
	feeds + "TakeCutOff":    {roles("ministry"), nation},
	feeds + "ListCutOffs":   {roles("province ministry exam auditor"), none},
	feeds + "ReadCutOff":    {roles("province ministry exam auditor"), byScope},
	feeds + "CompareCutOff": {roles("ministry exam auditor"), nation},

	operators + "Rebuild": {roles("operator"), nation},

	deadLetters + "ListLetters": {roles("operator auditor"), nation},
	deadLetters + "GetLetter":   {roles("operator auditor"), nation},
	deadLetters + "GetPayload":  {roles("operator"), nation},
	deadLetters + "Replay":      {roles("operator"), nation},
	deadLetters + "Drop":        {roles("operator"), nation},

	diagnoses + "Diagnose": {roles("operator auditor"), nation},

	backups + "Describe":     {roles("operator"), nation},
	backups + "Save":         {roles("operator"), nation},
	backups + "BeginRestore": {roles("operator"), nation},
	backups + "Load":         {roles("operator"), nation},
	backups + "EndRestore":   {roles("operator"), nation},
}

// open are the services that answer everybody: probes and descriptions, which tell nothing of anybody.
var open = []string{"/grpc.health.v1.Health/", "/grpc.reflection.v1.ServerReflection/", "/grpc.reflection.v1alpha.ServerReflection/"}

// rule is a line of the table.
type rule struct {
	roles  []Role
	scopes finder
}

func roles(names string) []Role {
	var out []Role
	for name := range strings.FieldsSeq(names) {
		out = append(out, Role(name))
	}
	return out
}

// IsOpen reports whether a method, "/package.Service/Method", answers everybody, without a token.
func IsOpen(method string) bool {
	return slices.ContainsFunc(open, func(service string) bool { return strings.HasPrefix(method, service) })
}

// RolesOf returns the roles that may call a method; none for a method that the table does not name.
func RolesOf(method string) []Role { return slices.Clone(table[method].roles) }
