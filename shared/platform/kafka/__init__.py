"""Kafka behind the Broker port: the only maker of producers, consumers and subscriptions."""

from shared.platform.kafka.access import KafkaAccess
from shared.platform.kafka.broker import AioKafkaBroker

__all__ = ["AioKafkaBroker", "KafkaAccess"]
