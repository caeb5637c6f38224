{{- /* The name of everything that the release makes, short enough for a suffix. */ -}}
{{- define "registry-stats.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* "true" where snapshots are in PostgreSQL, else nothing. */ -}}
{{- define "registry-stats.database" -}}
{{- if or .Values.database.url .Values.database.existingSecret.name -}}true{{- end -}}
{{- end -}}

{{- /* The roles that get a Deployment, separated by commas. */ -}}
{{- define "registry-stats.roles" -}}
{{- if include "registry-stats.database" . -}}api,collector{{- else -}}all{{- end -}}
{{- end -}}

{{- /* The name of the Deployment of a role; takes root and role. */ -}}
{{- define "registry-stats.workload" -}}
{{- $name := include "registry-stats.fullname" .root -}}
{{- if eq .role "all" -}}{{- $name -}}{{- else -}}{{- printf "%s-%s" $name .role -}}{{- end -}}
{{- end -}}

{{- define "registry-stats.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* The labels that choose the pods of a role; takes root and role. */ -}}
{{- define "registry-stats.roleSelector" -}}
{{ include "registry-stats.selector" .root }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "registry-stats.labels" -}}
{{ include "registry-stats.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "registry-stats.image" -}}
{{- $repository := required "image.repository is not set: name the image that you use, such as ghcr.io/registry-stats/registry-stats" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "registry-stats.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "registry-stats.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- /* Where each secret that is set comes from: a JSON object from its variable to the name and key of a Secret; takes root and role. */ -}}
{{- define "registry-stats.secrets" -}}
{{- $values := .root.Values -}}
{{- $own := include "registry-stats.fullname" .root -}}
{{- $from := dict -}}
{{- with $values.database -}}
{{- if .existingSecret.name -}}
{{- $_ := set $from "DATABASE_URL" .existingSecret -}}
{{- else if .url -}}
{{- $_ := set $from "DATABASE_URL" (dict "name" $own "key" "DATABASE_URL") -}}
{{- end -}}
{{- end -}}
{{- if eq .role "api" -}}
{{- with $values.database.replica -}}
{{- if .existingSecret.name -}}
{{- $_ := set $from "DATABASE_URL_READ" .existingSecret -}}
{{- else if .url -}}
{{- $_ := set $from "DATABASE_URL_READ" (dict "name" $own "key" "DATABASE_URL_READ") -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- with $values.dockerhub -}}
{{- if .existingSecret.name -}}
{{- $_ := set $from "DOCKERHUB_TOKEN" .existingSecret -}}
{{- else if .token -}}
{{- $_ := set $from "DOCKERHUB_TOKEN" (dict "name" $own "key" "DOCKERHUB_TOKEN") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $values.notify -}}
{{- if .existingSecret.name -}}
{{- $_ := set $from "NOTIFY" .existingSecret -}}
{{- else if .addresses -}}
{{- $_ := set $from "NOTIFY" (dict "name" $own "key" "NOTIFY") -}}
{{- end -}}
{{- end -}}
{{- with $values.smtp -}}
{{- if .existingSecret.name -}}
{{- $_ := set $from "SMTP_URL" .existingSecret -}}
{{- else if .url -}}
{{- $_ := set $from "SMTP_URL" (dict "name" $own "key" "SMTP_URL") -}}
{{- end -}}
{{- end -}}
{{- $from | toJson -}}
{{- end -}}

{{- /* Stops what cannot work before anything is made. */ -}}
{{- define "registry-stats.check" -}}
{{- $database := include "registry-stats.database" . -}}
{{- if and (not $database) (gt (int .Values.api.replicas) 1) -}}
{{- fail "api.replicas is above 1 without a database: files can be used by one pod only" -}}
{{- end -}}
{{- if and (not $database) .Values.api.autoscaling.enabled -}}
{{- fail "api.autoscaling is enabled without a database: files can be used by one pod only" -}}
{{- end -}}
{{- if and (not $database) (gt (int .Values.collector.replicas) 1) -}}
{{- fail "collector.replicas is above 1 without a database: files can be used by one pod only" -}}
{{- end -}}
{{- if and (not $database) (or .Values.database.replica.url .Values.database.replica.existingSecret.name) -}}
{{- fail "database.replica is set without a database: say where its primary is" -}}
{{- end -}}
{{- if and .Values.database.replica.url .Values.database.replica.existingSecret.name -}}
{{- fail "database.replica.url and database.replica.existingSecret are both set: say where the replica is once" -}}
{{- end -}}
{{- if and .Values.database.url .Values.database.existingSecret.name -}}
{{- fail "database.url and database.existingSecret are both set: say where the database is once" -}}
{{- end -}}
{{- if and .Values.dockerhub.token .Values.dockerhub.existingSecret.name -}}
{{- fail "dockerhub.token and dockerhub.existingSecret are both set: say the token once" -}}
{{- end -}}
{{- if and .Values.notify.addresses .Values.notify.existingSecret.name -}}
{{- fail "notify.addresses and notify.existingSecret are both set: say where notifications are sent once" -}}
{{- end -}}
{{- if and .Values.smtp.url .Values.smtp.existingSecret.name -}}
{{- fail "smtp.url and smtp.existingSecret are both set: say the mail server once" -}}
{{- end -}}
{{- if gt (int .Values.api.autoscaling.minReplicas) (int .Values.api.autoscaling.maxReplicas) -}}
{{- fail "api.autoscaling.minReplicas is above maxReplicas" -}}
{{- end -}}
{{- end -}}
