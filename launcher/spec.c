#include "spec.h"

#include "proxy_conf.h"
#include "world.h"

#include <openssl/evp.h>
#include <string.h>

#include "config.h"

/* jansson's packers fail only for want of memory or on a bad format. */
static json_t *must(json_t *value)
{
	if (!value)
		die_out_of_memory();
	return value;
}

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, must(value)) < 0)
		BUG("value is no UTF-8");
}

static json_t *strings(const char *const *list)
{
	json_t *array = must(json_array());

	for (; list && *list; list++)
		json_array_append_new(array, must(json_string(*list)));
	return array;
}

static json_t *env_list(struct arena *arena, const struct service *service)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < service->env_count; i++)
		json_array_append_new(array, must(json_string(arena_printf(
						     arena, "%s=%s", service->env[i].name,
						     service->env[i].value))));
	return array;
}

static json_t *mount_list(const struct service *service)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < service->mount_count; i++)
		json_array_append_new(
			array, must(json_pack("{s:s, s:s, s:s}", "Type", "volume",
					      "Source", service->mounts[i].volume,
					      "Target", service->mounts[i].target)));
	return array;
}

static void put_ports(json_t *body, json_t *host, const struct service *service)
{
	json_t *exposed = must(json_object()), *bindings = must(json_object());

	for (size_t i = 0; i < service->port_count; i++) {
		const struct publish *port = &service->ports[i];
		char inside[16], outside[8];
		json_t *list;

		snprintf(inside, sizeof(inside), "%u/tcp", port->container_port);
		snprintf(outside, sizeof(outside), "%u", port->host_port);
		put(exposed, inside, json_object());
		list = json_object_get(bindings, inside);
		if (!list) {
			list = must(json_array());
			put(bindings, inside, list);
		}
		json_array_append_new(
			list, must(json_pack("{s:s, s:s}", "HostIp", port->host_address,
					     "HostPort", outside)));
	}
	put(body, "ExposedPorts", exposed);
	put(host, "PortBindings", bindings);
}

static json_t *host_config(const struct stack *stack, const struct service *service)
{
	char log_files[16];
	json_t *host;

	snprintf(log_files, sizeof(log_files), "%u", stack->log_max_file);
	host = must(json_pack(
		"{s:s, s:{s:s, s:i}, s:[s], s:[s], s:b, s:{s:s, s:{s:s, s:s}}}",
		"NetworkMode", stack->name, "RestartPolicy", "Name", stack->restart,
		"MaximumRetryCount", 0, "CapDrop", "ALL", "SecurityOpt",
		"no-new-privileges:true", "Init", 1, "LogConfig", "Type", "json-file",
		"Config", "max-size", stack->log_max_size, "max-file", log_files));
	put(host, "CapAdd", strings(service->capabilities));
	put(host, "Mounts", mount_list(service));
	if (service->memory)
		put(host, "Memory", json_integer(service->memory));
	if (service->nano_cpus)
		put(host, "NanoCpus", json_integer(service->nano_cpus));
	if (service->pids)
		put(host, "PidsLimit", json_integer(service->pids));
	return host;
}

static json_t *endpoint(const struct service *service, const char *place,
			const char *address)
{
	return must(json_pack("{s:{s:s}, s:[s, s]}", "IPAMConfig", "IPv4Address", address,
			      "Aliases", service->name, place));
}

static void spec_files(struct spec *spec, struct arena *arena, const struct stack *stack,
		       const struct service *service, const struct subnet *subnet)
{
	auto_buf struct buf text = { 0 };
	struct upload_file *file;

	if (service->id != SERVICE_PROXY)
		return;
	proxy_conf(&text, stack, subnet);
	file = arena_alloc(arena, sizeof(*file));
	file->path = PROXY_CONF_PATH;
	file->data = arena_strndup(arena, buf_text(&text), text.size);
	file->size = text.size;
	file->mode = 0644;
	spec->files = file;
	spec->file_count = 1;
}

static void hash(EVP_MD_CTX *context, const void *data, size_t size)
{
	if (EVP_DigestUpdate(context, data, size) != 1)
		BUG("digest failed");
}

static void digest(struct spec *spec)
{
	/* sorted keys make the text canonical: the digest must not depend on the
	 * order in which this file happens to put them */
	auto_free char *text = json_dumps(spec->body, JSON_COMPACT | JSON_SORT_KEYS);
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned size = 0;

	if (!text || !context)
		die_out_of_memory();
	if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		BUG("no SHA-256");
	hash(context, text, strlen(text) + 1);
	for (size_t i = 0; i < spec->file_count; i++) {
		const struct upload_file *file = &spec->files[i];
		char meta[64];

		snprintf(meta, sizeof(meta), "%o %u %u %zu", file->mode, file->uid,
			 file->gid, file->size);
		hash(context, file->path, strlen(file->path) + 1);
		hash(context, meta, strlen(meta) + 1);
		hash(context, file->data, file->size);
	}
	EVP_DigestFinal_ex(context, sum, &size);
	EVP_MD_CTX_free(context);
	for (unsigned i = 0; i < size; i++)
		snprintf(spec->digest + 2 * (size_t)i, 3, "%02x", sum[i]);
}

void spec_build(struct spec *spec, struct arena *arena, const struct stack *stack,
		const struct service *service, unsigned n, const struct subnet *subnet)
{
	const char *place = arena_printf(arena, "%s-%u", service->name, n);
	char address[SUBNET_TEXT], replica[16];
	json_t *body, *host, *labels;

	*spec = (struct spec){ 0 };
	snprintf(replica, sizeof(replica), "%u", n);
	subnet_address(subnet, service->id, n, address);
	body = spec->body = must(json_pack("{s:s, s:s, s:i}", "Hostname", place, "Image",
					   service->image, "StopTimeout",
					   (int)service->stop_timeout));
	host = host_config(stack, service);
	put(body, "HostConfig", host);
	put(body, "Env", env_list(arena, service));
	if (service->user)
		put(body, "User", json_string(service->user));
	if (service->command)
		put(body, "Cmd", strings(service->command));
	put_ports(body, host, service);
	put(body, "NetworkingConfig",
	    json_pack("{s:{s:o}}", "EndpointsConfig", stack->name,
		      endpoint(service, place, address)));
	labels = must(json_pack("{s:s, s:s, s:s}", LABEL_STACK, stack->name,
				LABEL_SERVICE, service->name, LABEL_REPLICA, replica));
	put(body, "Labels", labels);
	spec_files(spec, arena, stack, service, subnet);
	digest(spec);
	put(labels, LABEL_SPEC, json_string(spec->digest));
	put(labels, LABEL_VERSION, json_string(PACKAGE_VERSION));
}

void spec_free(struct spec *spec)
{
	json_decref(spec->body);
	spec->body = NULL;
}

json_t *spec_network(const struct stack *stack, const struct subnet *subnet)
{
	char cidr[SUBNET_TEXT], gateway[SUBNET_TEXT], range[SUBNET_TEXT];
	json_t *options = must(json_object());

	subnet_text(subnet, cidr);
	subnet_gateway(subnet, gateway);
	subnet_engine_range(subnet, range);
	if (stack->mtu) {
		char mtu[16];

		snprintf(mtu, sizeof(mtu), "%u", stack->mtu);
		put(options, "com.docker.network.driver.mtu", json_string(mtu));
	}
	/* strangers that join get their address from the engine's range, never
	 * one that belongs to a replica */
	return must(json_pack(
		"{s:s, s:b, s:s, s:o, s:{s:s, s:[{s:s, s:s, s:s}]}, s:{s:s, s:s}}",
		"Name", stack->name, "CheckDuplicate", 1, "Driver", "bridge", "Options",
		options, "IPAM", "Driver", "default", "Config", "Subnet", cidr, "IPRange",
		range, "Gateway", gateway, "Labels", LABEL_STACK, stack->name,
		LABEL_VERSION, PACKAGE_VERSION));
}

json_t *spec_volume(const char *stack_name, const char *volume)
{
	return must(json_pack("{s:s, s:{s:s, s:s}}", "Name", volume, "Labels",
			      LABEL_STACK, stack_name, LABEL_VERSION, PACKAGE_VERSION));
}
