output "endpoint" {
  description = "The load balancer's own name, for a first look before any client is moved."
  value       = "${aws_lb.this.dns_name}:${var.listener_port}"
}

output "security_group_id" {
  description = "Of the tasks."
  value       = aws_security_group.task.id
}

output "audit_log_group" {
  value = aws_cloudwatch_log_group.audit.name
}

output "metrics_namespace" {
  value = local.namespace
}

output "cluster" {
  value = aws_ecs_cluster.this.name
}

output "service" {
  value = aws_ecs_service.this.name
}
