resource "aws_cloudwatch_log_group" "audit" {
  name              = "/pgweir/${var.name}/audit"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = local.tags
}

# Metrics in the Embedded Metric Format, of which CloudWatch makes metrics; the text itself is of no more use.
resource "aws_cloudwatch_log_group" "metrics" {
  name              = "/pgweir/${var.name}/metrics"
  retention_in_days = 7
  kms_key_id        = var.log_kms_key_arn
  tags              = local.tags
}

# pgweir's own log.
resource "aws_cloudwatch_log_group" "agent" {
  name              = "/pgweir/${var.name}/agent"
  retention_in_days = 30
  kms_key_id        = var.log_kms_key_arn
  tags              = local.tags
}
