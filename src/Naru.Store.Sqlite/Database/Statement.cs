using System.Text;
using SQLitePCL;

namespace Naru.Store.Sqlite.Database;

/// <summary>A prepared statement: bind, step, reset, again and again.</summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int index, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        connection.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public Statement BindNull(int index)
    {
        connection.Check(raw.sqlite3_bind_null(handle, index));
        return this;
    }

    public Statement BindText(int index, string value)
    {
        connection.Check(raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    /// <summary>Binds a key: its UTF-8 bytes, whose order is SQLite's order of blobs.</summary>
    public Statement BindKey(int index, string key)
    {
        Span<byte> buffer = stackalloc byte[512];
        if (Encoding.UTF8.GetMaxByteCount(key.Length) <= buffer.Length)
        {
            return Bind(index, buffer[..Encoding.UTF8.GetBytes(key, buffer)]);
        }

        return Bind(index, Encoding.UTF8.GetBytes(key));
    }

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            _ = raw.sqlite3_reset(handle);
            connection.Check(code);
        }

        return false;
    }

    /// <summary>Runs it to its end and makes it ready for the next time.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public string Key(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    public void Dispose() => handle.Dispose();
}
