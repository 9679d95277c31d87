"""A program of somebody else: RabbitMQ by `pika`, CloudEvents by their SDK, nothing of ours.

    python wire_reader.py AMQP_URL HOW_MANY QUEUE EXCHANGE...

Binds the queue to all of the exchanges, says `ready`, and prints each event as one line of JSON.
"""

import json
import sys

import pika
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

url, how_many, queue, *exchanges = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
for exchange in exchanges:
    channel.exchange_declare(exchange, "topic", durable=True)
    channel.queue_bind(queue, exchange, "#")
print("ready", flush=True)
for count, (method, properties, body) in enumerate(channel.consume(queue), 1):
    event = from_rabbitmq_event(
        RabbitMQMessage(dict(properties.headers), properties.content_type, body)
    )
    attributes = event.get_attributes()
    print(
        json.dumps(
            {
                "attributes": {**attributes, "time": event.get_time().isoformat()},
                "data": event.get_data(),
            }
        )
    )
    channel.basic_ack(method.delivery_tag)
    if count == int(how_many):
        break
connection.close()
