using System.Text.Json;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Files of containers: archive, export, changes.</summary>
internal sealed class FileRoutes(IContainerFiles files, ContainerScope scope, ContainerNews news) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Head("/containers/{id}/archive", StatAsync);
        routes.Get("/containers/{id}/archive", GetAsync);
        routes.Put("/containers/{id}/archive", PutAsync);
        routes.Get("/containers/{id}/export", ExportAsync);
        routes.Get("/containers/{id}/changes", ChangesAsync);
    }

    private async Task StatAsync(DockerCall call)
    {
        var path = PathOf(call);
        var entry = await files.StatAsync(scope.Reach(call, call.Name), path, call.Aborted);
        call.Http.Response.Headers["X-Docker-Container-Path-Stat"] = StatHeader(entry);
        await call.EmptyAsync(200);
    }

    private async Task GetAsync(DockerCall call)
    {
        var path = PathOf(call);
        var container = scope.Reach(call, call.Name);
        var archive = await files.OpenArchiveAsync(container, path, call.Aborted);
        call.Http.Response.Headers["X-Docker-Container-Path-Stat"] = StatHeader(archive.Entry);
        call.Http.Response.ContentType = "application/x-tar";
        await archive.CopyToAsync(call.Http.Response.Body, call.Aborted);
        news.Tell(container, "archive-path");
    }

    private async Task PutAsync(DockerCall call)
    {
        var path = PathOf(call);
        var options = new ExtractOptions(call.Flag("noOverwriteDirNonDir"), call.Flag("copyUIDGID"));
        var container = scope.Reach(call, call.Name);
        await files.ExtractAsync(container, path, call.Body, options, call.Aborted);
        news.Tell(container, "extract-to-dir");
        await call.EmptyAsync(200);
    }

    private async Task ExportAsync(DockerCall call)
    {
        var container = scope.Reach(call, call.Name);
        call.Http.Response.ContentType = "application/octet-stream";
        await files.ExportAsync(container, call.Http.Response.Body, call.Aborted);
        news.Tell(container, "export");
    }

    private async Task ChangesAsync(DockerCall call)
    {
        var changes = await files.ChangesAsync(scope.Get(call, call.Name), call.Aborted);
        if (changes.IsEmpty)
        {
            await NullAsync(call);
            return;
        }
        await call.JsonAsync(changes.Select(change => new ChangeItem { Path = change.Path, Kind = (int)change.Kind }).ToArray());
    }

    private static Task NullAsync(DockerCall call) => call.JsonAsync<ChangeItem[]>(null!);

    private static string PathOf(DockerCall call)
    {
        var path = call.Query("path");
        if (string.IsNullOrEmpty(path))
        {
            throw DockerException.BadRequest("Missing parameter: 'path' cannot be empty");
        }
        return path.Contains('\0', StringComparison.Ordinal) ? throw DockerException.BadRequest("invalid path: it holds a NUL byte") : path;
    }

    private static string StatHeader(FileEntry entry)
    {
        var stat = new PathStat
        {
            Name = entry.Name,
            Size = entry.Size,
            Mode = GoFileMode.From(entry.Mode),
            Mtime = GoTime.Format(entry.ModifiedAt),
            LinkTarget = entry.LinkTarget,
        };
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(stat, DockerJson.Writing(ApiVersion.Highest).TypeOf<PathStat>()));
    }
}
