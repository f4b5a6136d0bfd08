locals {
  # Names are those of docs/metrics.md; a test holds them against it.
  alarms = {
    sessions = {
      metric      = "pgweir_sessions_open"
      statistic   = "Maximum"
      threshold   = var.alarms.sessions
      description = "One task has nearly as many sessions as limits.connections lets in."
    }
    refused = {
      metric      = "pgweir_sessions_refused"
      statistic   = "Sum"
      threshold   = 0
      description = "Clients were turned away by a limit."
    }
    own-time = {
      metric      = "pgweir_statement_own_time_seconds"
      statistic   = "p99"
      threshold   = var.alarms.own_time_seconds
      description = "What pgweir itself adds to statements."
    }
    spool = {
      metric      = "pgweir_audit_spool_bytes"
      statistic   = "Maximum"
      threshold   = var.alarms.spool_bytes
      description = "Records pile up on a disk of a task: docs/runbooks/aws-insertion.md."
    }
    sink-lag = {
      metric      = "pgweir_audit_sink_lag_seconds"
      statistic   = "Maximum"
      threshold   = var.alarms.sink_lag_seconds
      description = "Records do not reach CloudWatch Logs."
    }
    dropped = {
      metric      = "pgweir_audit_dropped"
      statistic   = "Sum"
      threshold   = 0
      description = "Audit records were lost: an audit.gap record says how many."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "pgweir" {
  for_each = local.alarms

  alarm_name          = "pgweir-${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = local.namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = var.alarms.evaluation_periods
  datapoints_to_alarm = each.value.threshold == 0 ? 1 : var.alarms.evaluation_periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = local.tags
}

# Silence: no task says anything.
resource "aws_cloudwatch_metric_alarm" "silent" {
  alarm_name          = "pgweir-${var.name}-silent"
  alarm_description   = "No task has sent metrics."
  namespace           = local.namespace
  metric_name         = "pgweir_sessions_open"
  statistic           = "SampleCount"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "healthy" {
  alarm_name          = "pgweir-${var.name}-healthy"
  alarm_description   = "Fewer than alarms.healthy_tasks_min tasks answer 200 at /readyz."
  namespace           = "AWS/NetworkELB"
  metric_name         = "HealthyHostCount"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = var.alarms.healthy_tasks_min
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = local.tags

  dimensions = {
    LoadBalancer = aws_lb.this.arn_suffix
    TargetGroup  = aws_lb_target_group.this.arn_suffix
  }
}
