using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Admission.Tests;

/// <summary>All rules over objects in memory, asked as the object core asks them.</summary>
internal sealed class AdmissionFixture : IDisposable
{
    private readonly ServiceProvider _provider;

    public AdmissionFixture(AdmissionOptions? options = null)
    {
        Objects = new MemoryObjects(Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton<IAuthorizer>(Authorizer);
        services.AddSingleton<IResourceCatalogue>(new FakeCatalogue());
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddNaruAdmission(options ?? new AdmissionOptions());
        _provider = services.BuildServiceProvider();
        Rules = [.. _provider.GetServices<IAdmission>().OrderBy(static rule => rule.Order)];
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    public MemoryObjects Objects { get; }

    public FakeAuthorizer Authorizer { get; } = new();

    public IReadOnlyList<IAdmission> Rules { get; }

    public IEnumerable<IEngineStage> Stages => _provider.GetServices<IEngineStage>();

    public static UserInfo User(string name, params string[] groups) => new() { Name = name, Groups = [.. groups] };

    public static MapValue Map(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public static MapValue Pod(string spec = "", string name = "p", string metadata = "") =>
        Map($"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'{name}','namespace':'a'{metadata}}},'spec':{{{(spec.Contains("'containers'", StringComparison.Ordinal) ? "" : "'containers':[{'name':'c','image':'i'}],")}{spec.TrimEnd(',')}}}}}".Replace(",}", "}", StringComparison.Ordinal));

    public static AdmissionRequest Request(AdmissionOperation operation, GroupResource resource, MapValue? body, MapValue? old = null, string subresource = "", UserInfo? user = null, bool dryRun = false, bool namespaced = true) => new()
    {
        Operation = operation,
        Resource = new ResourceInfo { Resource = new(resource.Group, "v1", resource.Resource), Kind = resource.Resource == "deployments" ? "Deployment" : "", Singular = "", Namespaced = namespaced, Verbs = [], StorageVersion = "v1" },
        Subresource = subresource,
        Namespace = namespaced ? (body ?? old)?.Text("metadata", "namespace") ?? "a" : "",
        Name = (body ?? old)?.Text("metadata", "name") ?? "",
        Object = body,
        Old = old,
        User = user ?? User("jane", "system:authenticated"),
        DryRun = dryRun,
        Warnings = new WarningList(),
        AuditAnnotations = [],
    };

    /// <summary>A namespace with its default account, as after its first moments.</summary>
    public async Task<AdmissionFixture> WithNamespaceAsync(string labels = "{}")
    {
        await MakeAsync(new("", "namespaces"), $"{{'metadata':{{'name':'a','labels':{labels}}},'status':{{'phase':'Active'}}}}");
        await MakeAsync(new("", "serviceaccounts"), "{'metadata':{'name':'default','namespace':'a'}}");
        return this;
    }

    public Task<StoredObject> MakeAsync(GroupResource resource, string json) => Objects.CreateAsync(resource, Map(json), new WriteOptions(), Token);

    public async Task<AdmissionRequest> AdmitAsync(AdmissionRequest request)
    {
        foreach (var rule in Rules.Where(rule => rule.Handles(request)))
        {
            await rule.MutateAsync(request, Token);
        }

        await ValidateAsync(request);
        return request;
    }

    public async Task ValidateAsync(AdmissionRequest request)
    {
        foreach (var rule in Rules.Where(rule => rule.Handles(request)))
        {
            await rule.ValidateAsync(request, Token);
        }
    }

    public Task<AdmissionRequest> CreateAsync(GroupResource resource, MapValue body, UserInfo? user = null, bool namespaced = true) =>
        AdmitAsync(Request(AdmissionOperation.Create, resource, body, user: user, namespaced: namespaced));

    public Task<AdmissionRequest> CreatePodAsync(string spec = "", UserInfo? user = null) => CreateAsync(Known.Pods, Pod(spec), user);

    public static async Task<NaruException> RefusedAsync(Task task) => await Assert.ThrowsAsync<NaruException>(() => task);

    public static async Task ForbiddenAsync(Task task, string message)
    {
        var failure = await RefusedAsync(task);
        Assert.Equal(message, failure.Message);
        Assert.Equal(ErrorKind.PermissionDenied, failure.Kind);
    }

    public void Dispose() => _provider.Dispose();

    internal sealed class FakeAuthorizer : IAuthorizer
    {
        /// <summary>What is allowed, as <c>verb resource/subresource name</c>.</summary>
        public HashSet<string> Allowed { get; } = [];

        public AccessDecision Authorize(AccessAttempt attempt) =>
            new(Allowed.Contains($"{attempt.Verb} {attempt.Resource}{(attempt.Subresource.Length == 0 ? "" : "/" + attempt.Subresource)} {attempt.Name}"), false, "no");

        public AccessRules RulesFor(UserInfo user, string @namespace) => new([], [], false, "");
    }

    private sealed class FakeCatalogue : IResourceCatalogue
    {
        private static readonly ResourceInfo Deployments = new() { Resource = new("apps", "v1", "deployments"), Kind = "Deployment", Singular = "deployment", Namespaced = true, Verbs = [], StorageVersion = "v1" };

        public System.Collections.Immutable.ImmutableArray<ResourceInfo> All => [Deployments];

        public long Generation => 1;

        public ResourceInfo? Find(GroupVersionResource resource) => null;

        public ResourceInfo? Find(GroupVersionKind kind) => kind.Kind == "Deployment" ? Deployments : null;

        public ResourceInfo? Find(GroupResource resource) => null;
    }
}
