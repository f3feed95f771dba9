<?php
// A page that counts what its visitor has seen: the usual cost of a session, with its file.
ini_set('session.use_strict_mode', '0');
session_id('bench' . random_int(0, 255));
session_start();
$_SESSION['seen'] = ($_SESSION['seen'] ?? 0) + 1;
header('Content-Type: text/html; charset=utf-8');
?>
<!doctype html>
<title>Shop</title>
<?php foreach (range(1, 20) as $number): ?>
<p>Article <?= $number ?>: <?= htmlspecialchars("\"Tea & <cups>\" $number") ?></p>
<?php endforeach ?>
<p>You have seen <?= (int) $_SESSION['seen'] ?> pages.</p>
