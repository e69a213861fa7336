{{/* The name of everything that the services share. */}}
{{- define "rasoat.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels of everything. */}}
{{- define "rasoat.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: rasoat
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* What selects the pods of one service. Takes a list: the root, the name of the service. Never changes: a Deployment
     cannot change its selector. */}}
{{- define "rasoat.selector" -}}
{{- $root := index . 0 -}}
{{ include "rasoat.selectorOfAll" $root }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* What selects the pods of all services. */}}
{{- define "rasoat.selectorOfAll" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* How many copies of a service there are at least. Takes its values. */}}
{{- define "rasoat.copies" -}}
{{- if .autoscaling.enabled }}{{ .autoscaling.minReplicas }}{{ else }}{{ .replicas }}{{ end -}}
{{- end -}}

{{/* Whether a service works with the reference key; the others do not get it. Takes its name; empty for no. */}}
{{- define "rasoat.needsKey" -}}
{{- if ne . "reporting" }}yes{{ end -}}
{{- end -}}

{{/* The gRPC services of each service, by their full names. Those that every service has (operator, health) have no
     place at one address for all. */}}
{{- define "rasoat.grpcServices" -}}
intake: [rasoat.intake.v1.IntakeService, rasoat.intake.v1.WindowService]
validation: [rasoat.validation.v1.ValidationService]
matching: [rasoat.matching.v1.MatchingService]
reporting:
  - rasoat.reporting.v1.ApprovalService
  - rasoat.reporting.v1.FeedService
  - rasoat.reporting.v1.ProgressService
  - rasoat.reporting.v1.ReportingService
{{- end -}}

{{- define "rasoat.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "rasoat.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "rasoat.driveConfigMap" -}}
{{- default (printf "%s-drive" (include "rasoat.fullname" .)) .Values.drive.existingConfigMap -}}
{{- end -}}
